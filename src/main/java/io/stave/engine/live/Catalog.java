package io.stave.engine.live;

import io.stave.StaveException;
import io.stave.engine.base.Failures;
import io.stave.engine.base.Health;
import io.stave.io.NoSpaceException;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongToIntFunction;
import java.util.function.UnaryOperator;

/**
 * The MANIFEST of the open store and the ceilings it reserves. Every change is installed before it counts.
 *
 * <p>Ceilings (I3): neither a sequence nor a segment id above its ceiling was ever used, and after a crash the next process starts above
 * the ceilings. So a stale file can never pass for a segment created later, and a version never comes to mean another value.
 */
public final class Catalog {

    /** Sequences reserved at a time. */
    public static final long SEQUENCE_BLOCK = 1L << 24;

    /** Sequences left below the ceiling when more are reserved: many more than a group can use. */
    static final long SEQUENCE_MARGIN = 1L << 22;

    /** Segment ids reserved at a time. */
    public static final long SEGMENT_ID_BLOCK = 64;

    private final StoreDirectory directory;
    private final Health health;
    private final StoreId storeId;
    private final BooleanSupplier makeRoom;

    // Guarded by this.
    private Manifest manifest;
    private long nextSegmentId;

    private volatile long sequenceCeiling;

    /**
     * Takes over an installed manifest; ids are given out from {@code nextSegmentId}.
     *
     * @param makeRoom called when the disk has no room for a MANIFEST; returns whether to try again
     */
    public Catalog(
            StoreDirectory directory, Health health, Manifest manifest, long nextSegmentId, BooleanSupplier makeRoom) {
        this.directory = directory;
        this.health = health;
        this.manifest = manifest;
        this.storeId = manifest.storeId();
        this.makeRoom = makeRoom;
        this.nextSegmentId = nextSegmentId;
        this.sequenceCeiling = manifest.sequenceCeiling();
    }

    /** The store's identity, which never changes. */
    public StoreId storeId() {
        return storeId;
    }

    /** What the MANIFEST says. */
    public synchronized Manifest manifest() {
        return manifest;
    }

    /** No sequence above this one may be issued. */
    public long sequenceCeiling() {
        return sequenceCeiling;
    }

    /**
     * Keeps the ceiling ahead of what is issued (I3), {@code sequence} being the largest so far. A full disk only matters when half the margin
     * is used up.
     */
    public void reserveUpTo(long sequence) {
        long left = sequenceCeiling - sequence;
        if (left < SEQUENCE_MARGIN) {
            try {
                raiseSequenceCeiling(sequence);
            } catch (StaveException e) {
                if (health.failed() || left < SEQUENCE_MARGIN / 2) {
                    throw e;
                }
            }
        }
    }

    /** Reserves another block of sequences above {@code sequence}, which writes that failed may have carried beyond the ceiling. */
    void raiseSequenceCeiling(long sequence) {
        edit(m -> m.withSequenceCeiling(Math.max(m.sequenceCeiling(), sequence) + SEQUENCE_BLOCK));
    }

    /** An id that was never used, for a segment or a blob. */
    public synchronized long newFileId() {
        if (nextSegmentId > manifest.segmentIdCeiling()) {
            edit(m -> m.withSegmentIdCeiling(nextSegmentId + SEGMENT_ID_BLOCK - 1));
        }
        return nextSegmentId++;
    }

    /** Lists a new active segment, whose file and name are forced. */
    public void addActive(long id, long minSequence) {
        edit(m -> m.with(ListedSegment.active(storeId, id, minSequence)));
    }

    /** Lists a forced segment as sealed, in place of its active entry. */
    public void seal(ListedSegment sealed) {
        edit(m -> m.with(sealed));
    }

    /** Takes a segment without records off the list. */
    public void remove(long id) {
        edit(m -> replace(m, Set.of(id), List.of()));
    }

    /**
     * The commit point of a merge (I7): the outputs take the place of the inputs.
     *
     * @param forced how far each unsealed segment is forced. A record that was left out of the outputs is superseded by one that may lie
     *     there, not certified yet: whoever reads this MANIFEST while the store is open must know that it may look so far
     */
    public void merged(Collection<Long> inputs, List<ListedSegment> outputs, Map<Long, Long> forced) {
        edit(m -> replace(m.withForced(forced), inputs, outputs));
    }

    /** Marks a segment as damaged. */
    public void markDamaged(long id) {
        edit(m -> m.segment(id).map(listed -> m.with(listed.withDamage())).orElse(m));
    }

    /**
     * Gives back what was reserved and not used: no sequence above {@code lastSequence} was issued.
     *
     * @param keydir writes the keydir down for the MANIFEST of a generation, and returns the checksum of the file, or {@link
     *     Manifest#NO_KEYDIR}
     */
    public synchronized void closeCleanly(long lastSequence, LongToIntFunction keydir) {
        edit(m -> {
            Manifest last = m.withSequenceCeiling(lastSequence).withSegmentIdCeiling(nextSegmentId - 1);
            return last.withKeydir(keydir.applyAsInt(last.generation()));
        });
    }

    private static Manifest replace(Manifest manifest, Collection<Long> gone, List<ListedSegment> come) {
        List<ListedSegment> segments = new ArrayList<>(manifest.segments());
        segments.removeIf(segment -> gone.contains(segment.id()));
        segments.addAll(come);
        return manifest.withSegments(segments);
    }

    private synchronized void edit(UnaryOperator<Manifest> change) {
        health.check();
        Manifest next = change.apply(manifest);
        try {
            install(next);
        } catch (IOException e) {
            throw failed(e);
        } catch (RuntimeException | Error e) {
            // For want of memory, perhaps: nobody knows which one is in place.
            throw health.stop(e);
        }
        manifest = next;
        sequenceCeiling = next.sequenceCeiling();
    }

    private void install(Manifest next) throws IOException {
        try {
            ManifestFile.install(directory, next);
        } catch (NoSpaceException e) {
            if (!makeRoom.getAsBoolean()) {
                throw e;
            }
            ManifestFile.install(directory, next);
        }
    }

    private StaveException failed(IOException e) {
        return Failures.translate("installing the MANIFEST of " + directory.path(), e, health);
    }
}
