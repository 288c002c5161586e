package io.stave.cli.inspect;

import io.stave.cli.command.ByteForm;
import io.stave.cli.terminal.Progress;
import io.stave.io.ReadableFile;
import io.stave.manifest.ListedSegment;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Verifies segments, and hints against them. */
final class StoreCheck {

    private final StoreView view;
    private final boolean segments;
    private final boolean hints;
    private final Progress progress;

    private final List<Verification.Checked> checked = new ArrayList<>();
    private final List<Anomaly> anomalies = new ArrayList<>();
    private long done;

    /** Verifies what is asked for. */
    StoreCheck(StoreView view, boolean segments, boolean hints, Progress progress) {
        this.view = view;
        this.segments = segments;
        this.hints = hints;
        this.progress = progress;
    }

    /** Verifies one segment, or all. */
    Verification run(@Nullable String only) throws IOException {
        if (only == null) {
            view.forEach(this::check, this::missing);
        } else {
            ListedSegment segment = view.segment(only);
            view.find(segment, () -> {
                try (ReadableFile file = view.open(segment)) {
                    check(segment, file);
                }
                return () -> anomalies;
            });
        }
        checked.sort(Comparator.comparingLong(Verification.Checked::id));
        return new Verification(
                view.directory().path().toString(),
                view.manifest().generation(),
                List.copyOf(checked),
                null,
                null,
                List.copyOf(anomalies));
    }

    private void missing(ListedSegment segment) {
        anomalies.add(Anomaly.missing(segment));
        checked.add(new Verification.Checked(
                segment.id(), SegmentNames.segment(segment.id()), state(segment), 0, 0, false, null));
    }

    private static String state(ListedSegment segment) {
        return segment.isSealed() ? "sealed" : "active";
    }

    private void check(ListedSegment segment, ReadableFile file) throws IOException {
        int before = anomalies.size();
        HintFindings hint = new HintLook(view, segment).find(null);
        SegmentFindings found =
                segments ? new SegmentLook(view, segment, hint.trusted(), record -> {}).find(file, null) : null;
        boolean sound = found == null || found.anomalies().stream().noneMatch(Anomaly::isCorruption);
        if (found != null) {
            anomalies.addAll(found.anomalies());
        }
        Verification.HintState hintState = hints && segment.isSealed() ? hint(segment, hint, file, sound) : null;
        if (anomalies.size() > before && !view.listedStill(segment.id())) {
            // A merge has replaced it meanwhile, and taken the hint away.
            anomalies.subList(before, anomalies.size()).clear();
            hintState = null;
        }
        checked.add(new Verification.Checked(
                segment.id(),
                file.name(),
                state(segment),
                found == null ? segment.length() : found.verifiedTo(),
                found == null ? hint.entries().count() : found.records().count(),
                found == null ? null : sound,
                hintState));
        done += file.length();
        progress.at(done, total());
    }

    private long total() {
        return view.manifest().segments().stream()
                .mapToLong(ListedSegment::length)
                .sum();
    }

    private Verification.HintState hint(ListedSegment segment, HintFindings hint, ReadableFile file, boolean sound)
            throws IOException {
        anomalies.addAll(hint.anomalies());
        if (hint.length() == 0) {
            return Verification.HintState.MISSING;
        }
        if (!hint.trusted() || !hint.filterTrusted()) {
            return Verification.HintState.REJECTED;
        }
        if (!sound) {
            return Verification.HintState.NOT_COMPARED;
        }
        HintDiff.Result diff = new HintDiff(view, segment, ByteForm.AUTO, 1).compare(file);
        if (diff.differing() > 0) {
            anomalies.add(Anomaly.different(hint.file(), diff));
            return Verification.HintState.DIFFERENT;
        }
        if (!diff.anomalies().isEmpty()) {
            anomalies.addAll(diff.anomalies());
            return Verification.HintState.NOT_COMPARED;
        }
        return Verification.HintState.GOOD;
    }
}
