package io.stave.keydir.chronicle;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import net.openhft.chronicle.hash.impl.BigSegmentHeader;
import net.openhft.chronicle.hash.serialization.SizeMarshaller;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.ExternalMapQueryContext;
import net.openhft.chronicle.map.VanillaChronicleMap;

/**
 * One Chronicle Map in memory of its own outside the heap, and the only class that knows how such a map lies there.
 *
 * <p>It is never mapped from a file: a store into a mapped file on a full disk kills the JVM (I9). What is written down is the piece of memory that
 * the library takes first for a map, and which holds all of it unless it had to take more. It has no addresses in it, for the library shares such
 * memory between processes; but the locks of readers that are inside lie in it too, so they are reset when it is used again.
 */
final class HeldMap {

    private final VanillaChronicleMap<MapKey, Place, ?> map;

    /** What it was made for. */
    final Plan plan;

    /** Its memory, in bytes. */
    final long bytes;

    HeldMap(Plan plan) {
        this.plan = plan;
        this.map = make(plan);
        this.bytes = map.sizeInBytesWithoutTiers();
    }

    /** To be closed by its owner only: the library's hook would free the memory while the JVM ends, and threads still read. */
    @SuppressWarnings("unchecked")
    private static VanillaChronicleMap<MapKey, Place, ?> make(Plan plan) {
        MapKeyForm keys = new MapKeyForm();
        PlaceForm places = new PlaceForm();
        return (VanillaChronicleMap<MapKey, Place, ?>) ChronicleMapBuilder.of(MapKey.class, Place.class)
                .name("stave")
                .keyMarshallers(keys, keys)
                .valueMarshallers(places, places)
                .valueSizeMarshaller(SizeMarshaller.constant(Place.LENGTH))
                .averageKeySize(plan.averageKey())
                .entries(plan.entries())
                .maxBloatFactor(1)
                .putReturnsNull(true)
                .removeReturnsNull(true)
                .skipCloseOnExitHook(true)
                .create();
    }

    /** Looks up the probe's key; its place is filled if it is there. */
    boolean get(Probe probe) {
        return map.getUsing(probe.key, probe.place) != null;
    }

    /**
     * Sets the place of the probe's key.
     *
     * @throws IllegalStateException if the map is full
     * @throws IllegalArgumentException if it is too small for a key so long
     */
    void put(Probe probe) {
        map.put(probe.key, probe.place);
    }

    void remove(MapKey key) {
        map.remove(key);
    }

    /**
     * Copies all entries into an empty map; readers read on in this one.
     *
     * @return how long the keys are that were copied, together
     * @throws IllegalStateException if the other one is full
     * @throws IllegalArgumentException if it is too small for a key
     */
    long copyTo(HeldMap empty, boolean keepTombstones) {
        Place place = new Place();
        long[] keyBytes = {0};
        map.forEachEntry(entry -> {
            if (!keepTombstones && entry.value().getUsing(place).isTombstone()) {
                return;
            }
            try (ExternalMapQueryContext<MapKey, Place, ?> context = empty.map.queryContext(entry.key())) {
                context.updateLock().lock();
                context.insert(Objects.requireNonNull(context.absentEntry()), entry.value());
            }
            keyBytes[0] += entry.key().size();
        });
        return keyBytes[0];
    }

    /** Shows all places, in the same object; readers read on meanwhile. */
    void forEach(Consumer<Place> visitor) {
        Place place = new Place();
        map.forEachEntry(entry -> visitor.accept(entry.value().getUsing(place)));
    }

    /** Whether it has run over, and not all of it lies in one piece. */
    boolean hasRunOver() {
        return map.hasExtraTierBulks();
    }

    /** Stands for how the library lays such a map out: another release may do it in another way. */
    int layout() {
        String layout = map.persistedDataVersion()
                + ' '
                + bytes
                + ' '
                + map.actualSegments
                + ' '
                + map.chunkSize
                + ' '
                + map.actualChunksPerSegmentTier
                + ' '
                + map.tierSize
                + ' '
                + map.tierHashLookupCapacity
                + ' '
                + map.tierHashLookupSlotSize
                + ' '
                + map.segmentHeadersOffset
                + ' '
                + map.headerSize;
        CRC32C crc = new CRC32C();
        crc.update(layout.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }

    /** The piece of memory that it lies in, as long as it is open. */
    ByteBuffer memory() {
        ByteBuffer memory = map.tierBytesStore(1).toTemporaryDirectByteBuffer();
        return memory.clear().limit((int) bytes);
    }

    /** To be called when the memory was filled with that of another map: readers may have been inside that one. */
    void resetLocks() {
        for (int i = 0; i < map.segments(); i++) {
            BigSegmentHeader.INSTANCE.resetLock(map.segmentHeaderAddress(i));
        }
    }

    void close() {
        map.close();
    }
}
