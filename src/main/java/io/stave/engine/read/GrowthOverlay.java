package io.stave.engine.read;

import io.stave.engine.live.LiveSegments;
import io.stave.engine.live.Overlay;
import io.stave.keydir.CompactKeydir;
import io.stave.keydir.Location;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a refresh changes in the moment that a read-only store shows: where the newest record of each of some keys lies, or that the key is
 * gone.
 *
 * <p>An open-addressed table on the heap, filled by one thread before readers see it. Some 50 bytes a key.
 */
public final class GrowthOverlay implements Overlay {

    /** Is shown each change once. */
    @FunctionalInterface
    interface Visitor {
        /** The key has this location, valid during the call, or none. */
        void change(long high, int low, @Nullable Location at);
    }

    private static final byte EMPTY = 0;
    private static final byte PUT = 1;
    private static final byte DELETE = 2;

    private static final int FIRST_SLOTS = 64;

    private byte[] kinds = new byte[FIRST_SLOTS];
    private long[] highs = new long[FIRST_SLOTS];
    private int[] lows = new int[FIRST_SLOTS];
    private int[] segments = new int[FIRST_SLOTS];
    private int[] offsets = new int[FIRST_SLOTS];
    private int[] lengths = new int[FIRST_SLOTS];
    private byte[] flags = new byte[FIRST_SLOTS];
    private int count;

    /** How many keys it says something about. */
    public int count() {
        return count;
    }

    /** A later record of the key lies at this place. */
    public void put(long high, int low, int segment, int offset, int length, int newFlags) {
        int at = claim(high, low);
        kinds[at] = PUT;
        segments[at] = segment;
        offsets[at] = offset;
        lengths[at] = length;
        flags[at] = (byte) newFlags;
    }

    /** The key is gone. */
    public void delete(long high, int low) {
        int at = claim(high, low); // before the array is looked at, for it may be replaced
        kinds[at] = DELETE;
    }

    @Override
    public Answer find(long high, int low, Location out) {
        int at = slot(high, low);
        switch (kinds[at]) {
            case EMPTY:
                return Answer.UNKNOWN;
            case DELETE:
                return Answer.ABSENT;
            default:
                fill(at, out);
                return Answer.PRESENT;
        }
    }

    /** Shows all changes, in no order. */
    void forEach(Visitor visitor) {
        Location location = new Location();
        for (int at = 0; at < kinds.length; at++) {
            if (kinds[at] == PUT) {
                fill(at, location);
                visitor.change(highs[at], lows[at], location);
            } else if (kinds[at] == DELETE) {
                visitor.change(highs[at], lows[at], null);
            }
        }
    }

    /** Carries the changes over to the keydir, which nobody can tell while the overlay lies above it; tombstones are counted apart. */
    public void settle(CompactKeydir keydir, LiveSegments segments) {
        Location previous = new Location();
        forEach((high, low, at) -> {
            boolean replaced;
            if (at == null) {
                replaced = keydir.remove(high, low, previous);
            } else {
                Objects.requireNonNull(segments.get(at.segment)).addLive(at.length);
                replaced = keydir.put(high, low, at.segment, at.offset, at.length, at.flags, previous);
            }
            if (replaced) {
                segments.removeLive(previous);
            }
        });
    }

    private void fill(int at, Location out) {
        out.segment = segments[at];
        out.offset = offsets[at];
        out.length = lengths[at];
        out.flags = flags[at];
    }

    /** The slot of a key, which is its own from now on. */
    private int claim(long high, int low) {
        int at = slot(high, low);
        if (kinds[at] != EMPTY) {
            return at;
        }
        if (2 * (count + 1) > kinds.length) {
            grow();
            at = slot(high, low);
        }
        highs[at] = high;
        lows[at] = low;
        count++;
        return at;
    }

    /** Where a key stands, or the empty slot where it would: half of them are empty, and fingerprints are random. */
    private int slot(long high, int low) {
        int mask = kinds.length - 1;
        int at = (int) high & mask;
        while (kinds[at] != EMPTY && (highs[at] != high || lows[at] != low)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        GrowthOverlay larger = new GrowthOverlay();
        larger.allocate(2 * kinds.length);
        forEach((high, low, at) -> {
            if (at == null) {
                larger.delete(high, low);
            } else {
                larger.put(high, low, at.segment, at.offset, at.length, at.flags);
            }
        });
        kinds = larger.kinds;
        highs = larger.highs;
        lows = larger.lows;
        segments = larger.segments;
        offsets = larger.offsets;
        lengths = larger.lengths;
        flags = larger.flags;
    }

    private void allocate(int slots) {
        kinds = new byte[slots];
        highs = new long[slots];
        lows = new int[slots];
        segments = new int[slots];
        offsets = new int[slots];
        lengths = new int[slots];
        flags = new byte[slots];
    }
}
