package io.stave.engine.backup;

import io.stave.CheckpointReport;
import io.stave.CorruptionException;
import io.stave.blob.BlobFile;
import io.stave.blob.BlobReference;
import io.stave.engine.live.StoreFiles;
import io.stave.engine.live.StoreLock;
import io.stave.engine.recovery.SealedFiles;
import io.stave.hint.HintFile;
import io.stave.io.ForceFailedException;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.segment.SegmentNames;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory that becomes a checkpoint: a store of its own, with an identity of its own, all of whose segments another store has written.
 *
 * <p>What it holds changes by one step, the install of its MANIFEST: before it a crash leaves the checkpoint that was there, after it the new
 * one. A file named {@link StoreFiles#CHECKPOINT} stands there from the beginning, so that segments without a MANIFEST are not taken for a
 * store that has lost it, and until somebody opens the checkpoint for writing: from then on it is a store that nothing may replace.
 */
final class CheckpointTarget implements Closeable {

    private static final System.Logger LOG = System.getLogger("io.stave");

    private final StoreDirectory directory;
    private final StoreLock lock;
    private final @Nullable Manifest previous;
    private final boolean becomesStore;

    private CheckpointTarget(
            StoreDirectory directory, StoreLock lock, @Nullable Manifest previous, boolean becomesStore) {
        this.directory = directory;
        this.lock = lock;
        this.previous = previous;
        this.becomesStore = becomesStore;
    }

    /**
     * Locks a directory that is to hold a checkpoint of the store of {@code source}.
     *
     * @throws io.stave.StoreLockedException if somebody has it open for writing
     * @throws IllegalArgumentException if it holds anything but an earlier checkpoint of that store
     * @throws CorruptionException if it holds the files of a store and no MANIFEST, or one that does not verify
     */
    static CheckpointTarget open(StoreDirectory directory, Manifest source) throws IOException {
        StoreLock lock = StoreLock.acquire(directory);
        try {
            Manifest previous = previous(directory);
            if (previous != null) {
                refuseUnlessCheckpointOf(source, previous, directory);
            }
            return new CheckpointTarget(directory, lock, previous, false);
        } catch (Throwable e) {
            giveBack(lock, e);
            throw e;
        }
    }

    /**
     * Locks a directory that is to hold a new store.
     *
     * @throws io.stave.StoreLockedException if somebody has it open for writing
     * @throws IllegalArgumentException if it holds a store
     * @throws CorruptionException if it holds the files of a store and no MANIFEST
     */
    static CheckpointTarget openEmpty(StoreDirectory directory) throws IOException {
        StoreLock lock = StoreLock.acquire(directory);
        try {
            if (previous(directory) != null) {
                throw new IllegalArgumentException(directory.path() + " holds a store; restore into a new directory");
            }
            return new CheckpointTarget(directory, lock, null, true);
        } catch (Throwable e) {
            giveBack(lock, e);
            throw e;
        }
    }

    private static void giveBack(StoreLock lock, Throwable cause) {
        try {
            lock.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static @Nullable Manifest previous(StoreDirectory directory) throws IOException {
        try {
            return ManifestFile.read(directory);
        } catch (NoSuchFileException e) {
            if (!directory.exists(StoreFiles.CHECKPOINT)) {
                StoreFiles.refuseOrphans(directory);
            }
            return null;
        }
    }

    private static void refuseUnlessCheckpointOf(Manifest source, Manifest previous, StoreDirectory directory)
            throws IOException {
        if (previous.origins().isEmpty() || !previous.origins().get(0).equals(source.storeId())) {
            throw new IllegalArgumentException(directory.path() + " holds another store, or a checkpoint of one");
        }
        if (!directory.exists(StoreFiles.CHECKPOINT)) {
            throw new IllegalArgumentException(
                    directory.path() + " holds a store: a checkpoint that was opened for writing, or restored");
        }
    }

    /**
     * Makes the directory a checkpoint of these files; returns what that took.
     *
     * @param source what the store's MANIFEST said at that moment or later
     * @param version the largest sequence of that moment
     * @param started when the call began, by {@link System#nanoTime()}
     * @throws IllegalArgumentException if the present checkpoint has another segment of the same id: then the files of the store were put
     *     back to an earlier state, and it has gone another way since
     * @throws CorruptionException if a segment does not verify
     */
    CheckpointReport fill(CheckpointContent content, Manifest source, long version, FileBringer bringer, long started)
            throws IOException {
        List<ListedSegment> segments = content.segments();
        segments.forEach(this::refuseOther);
        deleteAllBut(previous == null ? List.of() : previous.segments());
        if (!directory.exists(StoreFiles.CHECKPOINT)) {
            directory.create(StoreFiles.CHECKPOINT).close();
            directory.forceNames();
        }
        try {
            int kept = 0;
            for (ListedSegment segment : segments) {
                if (isKept(segment)) {
                    kept++;
                } else {
                    bringer.bring(segment);
                }
            }
            for (BlobReference blob : content.blobs()) {
                if (isKept(blob)) {
                    kept++;
                } else {
                    bringer.bring(blob);
                }
            }
            directory.forceNames();
            ManifestFile.install(directory, next(source, segments));
            tidy(content);
            return bringer.report(
                    directory.path(), version, content, kept, Duration.ofNanos(System.nanoTime() - started));
        } catch (ForceFailedException e) {
            // Nobody knows which MANIFEST is in place: what either of them lists must stay.
            throw e;
        } catch (IOException | RuntimeException e) {
            discard(e);
            throw e;
        }
    }

    private void refuseOther(ListedSegment segment) {
        ListedSegment there = known(segment.id()).orElse(segment);
        if (!there.storeId().equals(segment.storeId())
                || there.length() != segment.length()
                || there.digest() != segment.digest()) {
            throw new IllegalArgumentException(directory.path() + " holds a checkpoint with another "
                    + SegmentNames.segment(segment.id()) + ": the store was put back to an earlier state since");
        }
    }

    private Optional<ListedSegment> known(long id) {
        return previous == null ? Optional.empty() : previous.segment(id);
    }

    /** Whether the segment is there. If it is in the list and something else in the directory, that is no loss: it is brought once more. */
    private boolean isKept(ListedSegment segment) throws IOException {
        if (known(segment.id()).isEmpty()) {
            return false;
        }
        try {
            SealedFiles.check(listed -> directory.open(SegmentNames.segment(listed.id())), segment);
            return true;
        } catch (CorruptionException e) {
            delete(segment.id());
            return false;
        }
    }

    /**
     * Whether the blob is there: its name is given to nothing else, and not before it is whole. Its table tells it from any other; what lies in its
     * chunks was verified when it was brought.
     */
    private boolean isKept(BlobReference blob) throws IOException {
        try {
            BlobFile.open(directory, blob).close();
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (CorruptionException e) {
            boolean unused = directory.delete(blob.file());
            return false;
        }
    }

    /**
     * The first of its origins is the store that it was taken of. Those of the checkpoint before stay among them: a crash may leave its files,
     * which are no strangers.
     */
    private Manifest next(Manifest source, List<ListedSegment> segments) {
        Stream<StoreId> before = previous == null ? Stream.of() : previous.origins().stream();
        Stream<StoreId> writers = Stream.concat(before, segments.stream().map(ListedSegment::storeId));
        return new Manifest(
                previous == null ? StoreId.random() : previous.storeId(),
                source.secret(),
                previous == null ? 1 : previous.generation() + 1,
                source.sequenceCeiling(),
                source.segmentIdCeiling(),
                Manifest.NO_KEYDIR,
                Stream.concat(Stream.of(source.storeId()), writers).distinct().toList(),
                segments);
    }

    /** Deletes what is a store's and not of these segments. */
    private void deleteAllBut(List<ListedSegment> segments) throws IOException {
        Set<String> listed = new HashSet<>();
        listed.add(StoreFiles.CHECKPOINT);
        for (ListedSegment segment : segments) {
            listed.add(SegmentNames.segment(segment.id()));
            listed.add(HintFile.name(segment.id()));
        }
        for (String name : directory.list()) {
            if (StoreFiles.isOurs(name) && !listed.contains(name)) {
                boolean unused = directory.delete(name);
            }
        }
        directory.forceNames();
    }

    /** Deletes the blobs that the MANIFEST before needed, or that were brought for a checkpoint that was never completed. */
    private void deleteBlobsBut(List<BlobReference> blobs) throws IOException {
        Set<String> needed = blobs.stream().map(BlobReference::file).collect(Collectors.toSet());
        for (String name : directory.list()) {
            if (StoreFiles.isBlob(name) && !needed.contains(name)) {
                boolean unused = directory.delete(name);
            }
        }
    }

    private void delete(long id) throws IOException {
        boolean segment = directory.delete(SegmentNames.segment(id));
        boolean hint = directory.delete(HintFile.name(id));
    }

    /** What the new MANIFEST does not list takes room; if it cannot be deleted now, the next checkpoint or the next open does it. */
    private void tidy(CheckpointContent content) {
        try {
            deleteAllBut(content.segments());
            deleteBlobsBut(content.blobs());
            if (becomesStore) {
                boolean unused = directory.delete(StoreFiles.CHECKPOINT);
                directory.forceNames();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "files of an older checkpoint are left in " + directory.path(), e);
        }
    }

    /** What was brought takes room; if it cannot be deleted now, the next checkpoint does it. */
    private void discard(Exception cause) {
        try {
            deleteAllBut(previous == null ? List.of() : previous.segments());
            if (previous == null) {
                // Without them there is nothing of a store, and the next checkpoint may begin anew.
                deleteBlobsBut(List.of());
                boolean unused = directory.delete(StoreFiles.CHECKPOINT);
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Lets go of the directory, which stays the caller's. */
    @Override
    public void close() throws IOException {
        lock.close();
    }
}
