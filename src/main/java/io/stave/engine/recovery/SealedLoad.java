package io.stave.engine.recovery;

import io.stave.CorruptionException;
import io.stave.RecoveryProgress.Phase;
import io.stave.RecoveryReport.RejectedHint;
import io.stave.engine.base.Parallel;
import io.stave.engine.base.ProgressMeter;
import io.stave.hint.HintFile;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Loads sealed segments into the keydir, in parallel and in any order: from their hints, or by a scan where a hint is missing or wrong.
 * Writes nothing.
 */
public final class SealedLoad {

    /** The name of the threads that open a store. */
    static final String THREAD = "stave-recover";

    /** One for each processor. */
    public static final int THREADS = Runtime.getRuntime().availableProcessors();

    private final StoreDirectory directory;
    private final SealedFiles.Opener files;
    private final KeydirLoad<?> load;
    private final ProgressMeter progress;
    private final int threads;

    private final List<RejectedHint> rejected = Collections.synchronizedList(new ArrayList<>());
    private final Set<Long> withoutHint = Collections.synchronizedSet(new TreeSet<>());
    private final AtomicInteger fromHints = new AtomicInteger();
    private final AtomicInteger scanned = new AtomicInteger();
    private final AtomicLong bytesScanned = new AtomicLong();

    /** Looks for hints in {@code directory}, and reads segments through {@code files}, on so many threads at the most. */
    public SealedLoad(
            StoreDirectory directory,
            SealedFiles.Opener files,
            KeydirLoad<?> load,
            ProgressMeter progress,
            int threads) {
        this.directory = directory;
        this.files = files;
        this.load = load;
        this.progress = progress;
        this.threads = threads;
    }

    /**
     * Loads the segments and returns when all are loaded.
     *
     * @throws CorruptionException if one is missing, or a scan finds damage
     */
    public void load(List<ListedSegment> sealed) throws IOException {
        progress.begin(
                Phase.LOAD, sealed.stream().mapToLong(ListedSegment::length).sum());
        Parallel.forEach(THREAD, sealed, threads, this::load);
        progress.end();
    }

    /** The hints that are there and could not be used. */
    public List<RejectedHint> rejected() {
        return List.copyOf(rejected);
    }

    /** The ids of the segments that have no hint of use. */
    Set<Long> withoutHint() {
        return withoutHint;
    }

    /** How many segments were loaded from their hints. */
    public int fromHints() {
        return fromHints.get();
    }

    /** How many segments were scanned. */
    public int scanned() {
        return scanned.get();
    }

    /** The bytes of those. */
    public long bytesScanned() {
        return bytesScanned.get();
    }

    private void load(ListedSegment segment) throws IOException {
        SealedFiles.check(files, segment);
        String unusable = load.loadHint(segment);
        if (unusable == null) {
            fromHints.incrementAndGet();
        } else {
            if (isThere(HintFile.name(segment.id()))) {
                rejected.add(new RejectedHint(HintFile.name(segment.id()), unusable));
            }
            withoutHint.add(segment.id());
            scan(segment);
        }
        progress.advance(segment.length());
    }

    /** A hint is advice: what nobody can say whether it is there, is there and of no use. */
    private boolean isThere(String hint) {
        try {
            return directory.exists(hint);
        } catch (IOException e) {
            return true;
        }
    }

    private void scan(ListedSegment segment) throws IOException {
        try (ReadableFile file = files.open(segment)) {
            SealedFiles.scan(file, segment, load.visitor(segment.id()));
            scanned.incrementAndGet();
            bytesScanned.addAndGet(segment.length());
        }
    }
}
