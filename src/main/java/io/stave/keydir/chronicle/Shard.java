package io.stave.keydir.chronicle;

import io.stave.keydir.Key;
import io.stave.keydir.Location;
import io.stave.keydir.RecordOrder;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One of the parts that the keydir is divided into: a map, and the lock of its writers. {@link ChronicleKeydir} explains how they work together. */
final class Shard {

    /** How often a map that is full before its time is made twice as large, before that is taken for something else. */
    private static final int MOST_DOUBLINGS = 16;

    // Constant.
    private final Maps maps;

    // Written by the holder of the monitor, read by all.
    private volatile @Nullable HeldMap held; // none before the first key, and after close
    private volatile int count;
    private volatile boolean closed;

    // Guarded by this.
    private long keyBytes;
    private int tombstones;
    private long expected;

    Shard(Maps maps) {
        this.maps = maps;
    }

    // ---- readers, without the monitor

    boolean find(Key key, Location out) {
        HeldMap current = held; // once: the next one holds the same, or what came later
        if (current == null) {
            ensureOpen();
            return false;
        }
        Probe probe = Probe.of(key);
        if (!current.get(probe)) {
            return false;
        }
        out.set(probe.place.segment, probe.place.packed);
        return true;
    }

    int count() {
        return count;
    }

    long entries() {
        HeldMap current = held;
        return current == null ? 0 : current.plan.entries();
    }

    long bytes() {
        HeldMap current = held;
        return current == null ? 0 : current.bytes;
    }

    // ---- writers, with the monitor

    synchronized boolean put(Key key, int segment, long packed, Location previous) {
        Probe probe = Probe.of(key);
        boolean there = lookUp(probe);
        int oldSegment = probe.place.segment;
        long oldPacked = probe.place.packed;
        set(probe, there, segment, packed, 0);
        if (there) {
            previous.set(oldSegment, oldPacked);
        }
        return there;
    }

    synchronized boolean remove(Key key, Location previous) {
        Probe probe = Probe.of(key);
        if (!lookUp(probe)) {
            return false;
        }
        remove(probe, previous);
        return true;
    }

    synchronized boolean removeIf(Key key, int segment, int offset, Location previous) {
        Probe probe = Probe.of(key);
        if (!lookUp(probe) || !standsAt(probe.place, segment, offset)) {
            return false;
        }
        remove(probe, previous);
        return true;
    }

    synchronized boolean replace(Key key, int segment, int offset, int newSegment, int newOffset) {
        Probe probe = Probe.of(key);
        if (!lookUp(probe) || !standsAt(probe.place, segment, offset)) {
            return false;
        }
        set(probe, true, newSegment, Location.withOffset(probe.place.packed, newOffset), 0);
        return true;
    }

    /** As {@link io.stave.keydir.RecordFeed#offer} says; {@code order} is a {@link RecordOrder}. */
    synchronized boolean offer(Key key, long order, int segment, long packed, Location superseded) {
        Probe probe = Probe.of(key);
        Place present = probe.place;
        if (!lookUp(probe)) {
            set(probe, false, segment, packed, order);
            tombstones += RecordOrder.tombstones(order);
            return false;
        }
        int newer = RecordOrder.compare(order, segment, packed, present.order, present.segment, present.packed);
        if (newer <= 0) {
            superseded.set(segment, packed);
            return newer < 0 && !RecordOrder.isTombstone(order);
        }
        superseded.set(present.segment, present.packed);
        boolean lost = !present.isTombstone();
        tombstones += RecordOrder.tombstones(order) - (lost ? 0 : 1);
        set(probe, true, segment, packed, order);
        return lost;
    }

    synchronized void forEach(int flags, Consumer<Location> visitor) {
        ensureOpen();
        HeldMap current = held;
        if (current != null) {
            Location location = new Location();
            current.forEach(place -> {
                location.set(place.segment, place.packed);
                if ((location.flags & flags) != 0) {
                    visitor.accept(location);
                }
            });
        }
    }

    /** The first record gets a map for so many keys. */
    synchronized void expect(long keys) {
        expected = keys;
    }

    /** Ends the filling: drops the tombstones, and the room that is too much. */
    synchronized void finish() {
        ensureOpen();
        HeldMap current = held;
        if (current == null) {
            return;
        }
        int live = count - tombstones;
        if (live == 0) {
            held = null;
            maps.retire(current);
            keyBytes = 0;
        } else if (tombstones > 0 || current.plan.isSparse(live)) {
            HeldMap unused = rebuild(current, Plan.roomyFor(live, Math.max(live, keyBytes * live / count)), false);
        }
        count = live;
        tombstones = 0;
    }

    /** Gives what it holds to a new one, and is closed. */
    synchronized Shard handOver() {
        Shard heir = new Shard(maps);
        heir.inherit(held, count, keyBytes);
        held = null;
        closed = true;
        return heir;
    }

    private synchronized void inherit(@Nullable HeldMap map, int keys, long bytesOfKeys) {
        held = map;
        count = keys;
        keyBytes = bytesOfKeys;
    }

    synchronized ShardImage image() {
        ensureOpen();
        HeldMap current = held;
        if (current == null) {
            return ShardImage.EMPTY;
        }
        for (int i = 0; current.hasRunOver() && i < MOST_DOUBLINGS; i++) {
            current = rebuild(current, current.plan.doubled(), true);
        }
        return new ShardImage(current.layout(), count, keyBytes, current.plan, current.bytes);
    }

    synchronized ByteBuffer memory() {
        HeldMap current = held;
        return current == null ? ByteBuffer.allocate(0) : current.memory();
    }

    /** Takes a map that the caller is going to fill, before anybody reads it; returns where. */
    synchronized ByteBuffer restore(ShardImage image) {
        HeldMap map = maps.make(image.plan());
        if (map.layout() != image.layout() || map.bytes != image.bytes()) {
            maps.free(map);
            throw new IllegalArgumentException(
                    "the library lays maps out in another way than the one that left this keydir");
        }
        held = map;
        count = image.keys();
        keyBytes = image.keyBytes();
        return map.memory();
    }

    /** The map was filled. */
    synchronized void restored() {
        HeldMap current = held;
        if (current != null) {
            current.resetLocks();
        }
    }

    synchronized void close() {
        HeldMap last = held;
        closed = true;
        held = null;
        count = 0;
        if (last != null) {
            maps.retire(last);
        }
    }

    private boolean lookUp(Probe probe) {
        ensureOpen();
        HeldMap current = held;
        return current != null && current.get(probe);
    }

    private static boolean standsAt(Place place, int segment, int offset) {
        return place.segment == segment && Location.offset(place.packed) == offset;
    }

    private void set(Probe probe, boolean there, int segment, long packed, long order) {
        int length = probe.key.length;
        HeldMap current = there ? Objects.requireNonNull(held) : roomFor(length);
        probe.place.set(segment, packed, order);
        for (int i = 0; ; i++) {
            try {
                current.put(probe);
                break;
            } catch (IllegalStateException | IllegalArgumentException e) {
                // Full before its time: keys that are much longer than the average, or holes between them.
                current = rebuild(current, larger(current.plan, i, e), true);
            }
        }
        if (!there) {
            count = count + 1;
            keyBytes += length;
        }
    }

    /** The map, which has room for one more key of that length. */
    private HeldMap roomFor(int length) {
        HeldMap current = held;
        if (current == null) {
            current = maps.make(Plan.roomyFor(1, length).atLeast(expected));
            held = current;
        } else if (!current.plan.holds(count + 1L, keyBytes + length)) {
            current = rebuild(current, Plan.roomyFor(count + 1L, keyBytes + length), true);
        }
        return current;
    }

    private void remove(Probe probe, Location previous) {
        HeldMap current = Objects.requireNonNull(held);
        if (current.plan.isSparse(count)) {
            current = rebuild(current, Plan.roomyFor(count, keyBytes), true);
        }
        current.remove(probe.key);
        previous.set(probe.place.segment, probe.place.packed);
        count = count - 1;
        keyBytes -= probe.key.length;
    }

    /** Puts a copy in the map's place. Readers in the old one find there what was there when the copy began, and what holds until it ends. */
    private HeldMap rebuild(HeldMap old, Plan wanted, boolean keepTombstones) {
        Plan plan = wanted;
        for (int i = 0; ; i++) {
            HeldMap copy = maps.make(plan);
            try {
                keyBytes = old.copyTo(copy, keepTombstones);
                held = copy;
                maps.retire(old);
                return copy;
            } catch (IllegalStateException | IllegalArgumentException e) {
                maps.free(copy);
                plan = larger(plan, i, e);
            } catch (Throwable e) {
                maps.free(copy);
                throw e;
            }
        }
    }

    private static Plan larger(Plan plan, int doublings, RuntimeException cause) {
        if (doublings == MOST_DOUBLINGS) {
            throw new IllegalStateException("a part of the keydir can hold no more", cause);
        }
        return plan.doubled();
    }

    private void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("the keydir is closed");
        }
    }
}
