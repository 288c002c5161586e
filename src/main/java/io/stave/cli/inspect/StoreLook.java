package io.stave.cli.inspect;

import io.stave.Options;
import io.stave.ReadOnlyStave;
import io.stave.RecoveryReport;
import io.stave.SegmentStats;
import io.stave.Stats;
import io.stave.Stave;
import io.stave.blob.BlobNames;
import io.stave.cli.command.ByteForm;
import io.stave.cli.terminal.Progress;
import io.stave.hint.BadHintException;
import io.stave.hint.HintFile;
import io.stave.hint.HintReader;
import io.stave.manifest.ListedSegment;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds out what a store holds, without a lock and without a write. */
public final class StoreLook {

    private final Path store;
    private final ByteForm form;
    private final int biggest;
    private final boolean quick;
    private final Progress progress;
    private final List<Anomaly> anomalies = new ArrayList<>();

    /**
     * Prepares to look.
     *
     * @param form how keys are shown
     * @param biggest how many of the biggest entries to tell
     * @param quick whether to leave out what takes reading every record
     */
    public StoreLook(Path store, ByteForm form, int biggest, boolean quick, Progress progress) {
        this.store = store;
        this.form = form;
        this.biggest = biggest;
        this.quick = quick;
        this.progress = progress;
    }

    /** Looks. */
    public StoreFindings find() throws IOException {
        Phases phases = new Phases(progress);
        try (StoreView view = StoreView.open(store)) {
            return find(view, new BlobsLook(view.directory()), phases);
        }
    }

    private StoreFindings find(StoreView view, BlobsLook blobs, Phases phases) throws IOException {
        try (ReadOnlyStave opened = Stave.openReadOnly(store, Options.defaults().recoveryProgress(phases))) {
            List<StoreFindings.Phase> timeline =
                    phases.of(opened.recoveryReport().duration());
            Instant now = Instant.now();
            Stats stats = opened.stats();
            EntriesLook look = null;
            if (!quick) {
                progress.begin("reading every record");
                look = new EntriesLook(
                        now,
                        this::written,
                        form,
                        biggest,
                        progress,
                        stats.space().diskBytes());
                opened.walk(blobs.beside(look));
                anomalies.addAll(look.anomalies());
            }
            List<StoreFindings.Segment> segments = new ArrayList<>();
            for (SegmentStats segment : stats.segments()) {
                segments.add(segment(segment, look == null ? 0 : look.expiredBytes(segment.id()), view));
            }
            rejected(opened.recoveryReport());
            return new StoreFindings(
                    store.toString(),
                    now,
                    view.manifest().storeId().toString(),
                    view.manifest().generation(),
                    Owner.of(store),
                    stats.keys(),
                    stats.lastVersion(),
                    files(),
                    space(segments),
                    stats.keydir(),
                    segments,
                    look == null ? null : look.entries(),
                    look == null ? blobs.files() : blobs.all(null),
                    opened.planMerge(),
                    new StoreFindings.Recovery(opened.recoveryReport(), timeline),
                    List.copyOf(anomalies));
        }
    }

    private StoreFindings.Segment segment(SegmentStats stats, long expired, StoreView view) {
        return new StoreFindings.Segment(
                stats.id(),
                stats.fileName(),
                stats.state().name().toLowerCase(Locale.ROOT),
                stats.length(),
                stats.liveBytes() - expired,
                stats.deadBytes() + expired,
                stats.expiredBytes() + expired,
                stats.tombstoneBytes(),
                stats.damaged(),
                written(stats.id()),
                hintTrusted(stats.id(), view));
    }

    /** The binding and the filter's place: what an open looks at first. The rest is for 'hint verify'. */
    private @Nullable Boolean hintTrusted(long id, StoreView view) {
        ListedSegment listed = view.manifest().segment(id).orElse(null);
        if (listed == null || !listed.isSealed()) {
            return null;
        }
        try (HintReader hint =
                HintReader.open(view.directory(), listed.storeId(), id, listed.length(), listed.digest())) {
            return hint.entries() >= 0;
        } catch (BadHintException e) {
            // One that is not there yet, or not any more, says nothing.
            return Files.exists(store.resolve(HintFile.name(id))) ? Boolean.FALSE : null;
        }
    }

    private void rejected(RecoveryReport report) {
        for (RecoveryReport.RejectedHint hint : report.hintsRejected()) {
            anomalies.add(Anomaly.rejected(hint));
        }
        String keydir = report.keydirRejected();
        if (keydir != null) {
            anomalies.add(Anomaly.keydir(keydir));
        }
    }

    private @Nullable Instant written(long segmentId) {
        try {
            return Files.getLastModifiedTime(store.resolve(SegmentNames.segment(segmentId)))
                    .toInstant();
        } catch (IOException e) {
            return null; // a merge has replaced it
        }
    }

    private static StoreFindings.Space space(List<StoreFindings.Segment> segments) {
        long bytes = 0;
        long live = 0;
        long dead = 0;
        long expired = 0;
        long tombstones = 0;
        for (StoreFindings.Segment segment : segments) {
            bytes += segment.bytes();
            live += segment.live();
            dead += segment.dead();
            expired += segment.expired();
            tombstones += segment.tombstones();
        }
        return new StoreFindings.Space(bytes, live, dead, expired, tombstones, live == 0 ? 0 : (double) bytes / live);
    }

    private StoreFindings.Disk files() throws IOException {
        long segments = 0;
        long hints = 0;
        long blobs = 0;
        long others = 0;
        try (var names = Files.newDirectoryStream(store)) {
            for (Path file : names) {
                long bytes = length(file);
                String name = String.valueOf(file.getFileName());
                if (SegmentNames.parse(name).isPresent()) {
                    segments += bytes;
                } else if (name.endsWith(HintFile.SUFFIX)) {
                    hints += bytes;
                } else if (BlobNames.parseBlob(name).isPresent()) {
                    blobs += bytes;
                } else {
                    others += bytes;
                }
            }
        }
        return new StoreFindings.Disk(segments, hints, blobs, others, segments + hints + blobs + others);
    }

    private static long length(Path file) throws IOException {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (NoSuchFileException e) {
            return 0; // gone since the directory was listed
        }
    }
}
