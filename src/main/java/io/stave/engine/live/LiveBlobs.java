package io.stave.engine.live;

import io.stave.Stats;
import io.stave.blob.BlobReference;
import io.stave.keydir.Location;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The blobs that records in the keydir refer to, by the place of the record: so it is known which file a key gives up, without a look into its
 * segment. On the heap, about 120 bytes a blob.
 *
 * <p>A place is added before the keydir points there, and taken out after it has ceased to. So whoever has taken a location out of the keydir
 * finds its blob here, whatever a merge is doing at the same time.
 *
 * <p>Thread-safe.
 */
public final class LiveBlobs {

    // Guarded by this.
    private final Long2ObjectHashMap<BlobReference> byPlace = new Long2ObjectHashMap<>();
    private List<BlobReference> dead = new ArrayList<>();
    private long count;
    private long bytes;

    private volatile boolean anyDead;
    private volatile boolean empty = true;

    private static long place(int handle, int offset) {
        return (long) handle << Integer.SIZE | offset;
    }

    /** The keydir is about to point at a record that refers to a blob. */
    public synchronized void add(int handle, int offset, BlobReference blob) {
        byPlace.put(place(handle, offset), blob);
        count++;
        bytes += blob.length();
        empty = false;
    }

    /** The keydir is about to point at the copy of a record; returns whether that refers to a blob. */
    public synchronized boolean addCopy(Location original, int handle, int offset) {
        BlobReference blob = byPlace.get(place(original.segment, original.offset));
        if (blob == null) {
            return false;
        }
        byPlace.put(place(handle, offset), blob);
        return true;
    }

    /** Nothing points at a record any more, and another one refers to the same blob, if to any. */
    public synchronized void remove(int handle, int offset) {
        byPlace.remove(place(handle, offset));
    }

    /**
     * The keydir has given up a location.
     *
     * @param successor what the key refers to now: if it is the same blob, that lives on
     */
    public synchronized void givenUp(Location location, @Nullable BlobReference successor) {
        BlobReference blob = byPlace.remove(place(location.segment, location.offset));
        if (blob != null) {
            count--;
            bytes -= blob.length();
            if (successor == null || successor.id() != blob.id()) {
                dead.add(blob);
                anyDead = true;
            }
        }
        empty = byPlace.isEmpty();
    }

    /** Whether no record refers to any. */
    public boolean isEmpty() {
        return empty;
    }

    /** Whether there are any that nothing refers to, and nobody has taken yet. */
    public boolean anyDead() {
        return anyDead;
    }

    /** Takes those that nothing refers to any more. What has superseded the last reference must be forced before they are deleted. */
    public synchronized List<BlobReference> takeDead() {
        List<BlobReference> taken = dead;
        dead = new ArrayList<>();
        anyDead = false;
        return taken;
    }

    /** How many they are, and how long. One whose key is about to refer to it by another record counts twice for that moment. */
    public synchronized Stats.Blobs stats(long pinnedBytes) {
        return new Stats.Blobs(count, bytes, pinnedBytes);
    }

    /** All of them. */
    public synchronized Collection<BlobReference> list() {
        return List.copyOf(byPlace.values());
    }
}
