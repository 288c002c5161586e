package io.stave.engine.write;

import io.stave.blob.BlobReference;
import io.stave.engine.live.LiveBlobs;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.snapshot.Snapshots;
import io.stave.keydir.Key;
import io.stave.keydir.Keydir;
import io.stave.keydir.Location;
import io.stave.segment.RecordFormat;
import io.stave.segment.Segment;
import org.jspecify.annotations.Nullable;

/**
 * Makes changes visible: the only room that changes the keydir of an open store, keeps the live bytes of the segments in step with it, and has
 * the open snapshots note what is about to change.
 *
 * <p>{@link #put} and {@link #delete} belong to the leader of the write path, which publishes in the order of the sequences (I2). The others
 * take part by compare-and-set on the location, on any thread: they lose against a write that came first.
 */
public final class Publisher {

    private final Keydir keydir;
    private final LiveSegments segments;
    private final LiveBlobs blobs;
    private final Snapshots snapshots;
    private final LogNotes notes;

    // The leader only.
    private final Location previous = new Location();
    private long died;
    private boolean firstExpires;

    public Publisher(Keydir keydir, LiveSegments segments, LiveBlobs blobs, Snapshots snapshots, LogNotes notes) {
        this.keydir = keydir;
        this.segments = segments;
        this.blobs = blobs;
        this.snapshots = snapshots;
        this.notes = notes;
    }

    /**
     * A put of {@code length} bytes was appended to {@code segment}, the last one of the log; {@code expiry} as in {@link Write}, and {@code blob} what the record refers
     * to, if it does.
     */
    void put(
            long high,
            int low,
            Key key,
            Segment segment,
            int offset,
            int length,
            long expiry,
            @Nullable BlobReference blob) {
        segment.addLive(length);
        int flags = Location.flags(expiry != RecordFormat.NO_EXPIRY, blob != null);
        snapshots.changing(high, low, key);
        if (blob != null) {
            blobs.add(segment.handle(), offset, blob);
        }
        if (keydir.put(high, low, key, segment.handle(), offset, length, flags, previous)) {
            if (previous.segment == segment.handle()) {
                notes.supersede(previous.offset);
            }
            removePrevious(blob);
        }
        if (expiry != RecordFormat.NO_EXPIRY) {
            firstExpires |= segment.expires(expiry);
        }
    }

    /** A tombstone of {@code length} bytes was appended to {@code segment}. */
    void delete(long high, int low, Key key, Segment segment, int length) {
        segment.addTombstone(length);
        snapshots.changing(high, low, key);
        if (keydir.remove(high, low, key, previous)) {
            removePrevious(null);
        }
    }

    private void removePrevious(@Nullable BlobReference successor) {
        segments.removeLive(previous);
        died += previous.length;
        if (refersToBlob(previous)) {
            blobs.givenUp(previous, successor);
        }
    }

    private static boolean refersToBlob(Location location) {
        return (location.flags & Location.BLOB) != 0;
    }

    /** The bytes that have died by puts and deletes since the last call. The leader only. */
    long takeDied() {
        long bytes = died;
        died = 0;
        return bytes;
    }

    /** A group was published as a whole, {@code lastSequence} being its largest. */
    void published(long lastSequence) {
        snapshots.published(lastSequence);
    }

    /** Whether since the last call a put expires in a segment in which nothing did, so that a sweep is to come. The leader only. */
    public boolean takeFirstExpires() {
        boolean first = firstExpires;
        firstExpires = false;
        return first;
    }

    /** Takes a key out whose value has expired, if it still stands at {@code at}; returns whether it did. Any thread. */
    public boolean expire(long high, int low, Key key, Location at) {
        Location removed = new Location();
        boolean expired = snapshots.removing(
                high, low, key, at, () -> keydir.removeIf(high, low, key, at.segment, at.offset, removed));
        if (expired) {
            segments.expired(removed);
            if (refersToBlob(removed)) {
                blobs.givenUp(removed, null);
            }
        }
        return expired;
    }

    /** Points a key at the copy that a merge made, if it still stands at {@code at}. Any thread. */
    public void move(long high, int low, Key key, Location at, Segment copy, int offset) {
        boolean blob = refersToBlob(at) && blobs.addCopy(at, copy.handle(), offset);
        boolean moved = keydir.replace(high, low, key, at.segment, at.offset, copy.handle(), offset);
        if (moved) {
            copy.addLive(at.length);
        }
        if (blob && moved) {
            blobs.remove(at.segment, at.offset);
        } else if (blob) {
            blobs.remove(copy.handle(), offset);
        }
    }
}
