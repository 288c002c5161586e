package io.stave.engine.repair;

import io.stave.CorruptionException;
import io.stave.engine.live.StoreFiles;
import io.stave.hint.BadHintException;
import io.stave.hint.HintReader;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.segment.ScanResult;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import io.stave.segment.SegmentScanner;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first half of a repair: finds the segments that do not hold what they should. Reads only, and looks at every record.
 *
 * <p>A sealed segment is mended by itself. Unsealed ones hang together, each naming the one before: if one of them is damaged below a
 * certificate, what is to be kept of all of them is sealed ({@link LogParts}). A tail that only a crash has torn is no damage: the next open
 * cuts it off.
 */
final class RepairInspection {

    static final String ADVICE =
            "Put the file back from a copy, or see what 'stave repair --dry-run' says; and check the disk.";

    private static final String BESIDE = "it goes with one that is damaged";

    private final StoreDirectory directory;
    private final Manifest manifest;
    private final List<Damage> damages = new ArrayList<>();

    RepairInspection(StoreDirectory directory, Manifest manifest) {
        this.directory = directory;
        this.manifest = manifest;
    }

    /**
     * Makes a plan.
     *
     * @throws CorruptionException if the MANIFEST does not verify: without it nobody knows which files count
     */
    static RepairPlan plan(StoreDirectory directory) throws IOException {
        RepairInspection inspection = new RepairInspection(directory, manifest(directory));
        inspection.inspect();
        return new RepairPlan(inspection.manifest, List.copyOf(inspection.damages));
    }

    private static Manifest manifest(StoreDirectory directory) throws IOException {
        try {
            return ManifestFile.read(directory);
        } catch (NoSuchFileException e) {
            StoreFiles.refuseOrphans(directory);
            throw e;
        }
    }

    private void inspect() throws IOException {
        List<ListedSegment> unsealed = new ArrayList<>();
        for (ListedSegment segment : manifest.segments()) {
            if (segment.isSealed()) {
                String reason = reason(segment);
                if (reason != null) {
                    damages.add(salvage(segment, segment.length(), reason));
                }
            } else {
                unsealed.add(segment);
            }
        }
        List<LogPart> parts = LogParts.of(directory, manifest, unsealed);
        if (parts.stream().anyMatch(part -> part.reason() != null)) {
            for (LogPart part : parts) {
                damages.add(salvage(part.segment(), part.end(), part.reason() == null ? BESIDE : part.reason()));
            }
        }
    }

    /** What is wrong with a sealed segment, or null. */
    private @Nullable String reason(ListedSegment segment) throws IOException {
        try {
            check(directory, segment);
            return null;
        } catch (CorruptionException e) {
            return "at offset " + e.offset() + ": expected " + e.expected() + ", found " + e.actual();
        } catch (NoSuchFileException e) {
            return LogParts.GONE;
        }
    }

    /**
     * Reads all of a sealed segment.
     *
     * @throws CorruptionException if it does not hold what the MANIFEST says
     * @throws NoSuchFileException if it is not there
     */
    static void check(StoreDirectory directory, ListedSegment segment) throws IOException {
        String name = SegmentNames.segment(segment.id());
        try (ReadableFile file = directory.open(name)) {
            SegmentHeader header = SegmentHeader.read(file, segment.storeId(), segment.id());
            ScanResult result = new SegmentScanner().scan(file, header, segment.length(), false, record -> {});
            if (result.end() != segment.length()) {
                throw new CorruptionException(name, result.stoppedAt(), result.expected(), result.actual(), ADVICE);
            }
            if (result.digest() != segment.digest()) {
                throw new CorruptionException(
                        name,
                        SegmentHeader.LENGTH,
                        String.format("records with digest %016x", segment.digest()),
                        String.format("records with digest %016x", result.digest()),
                        ADVICE);
            }
        }
    }

    /** Finds out what can be kept. */
    private Damage salvage(ListedSegment segment, long end, String reason) throws IOException {
        String name = SegmentNames.segment(segment.id());
        Salvage salvage = new Salvage(directory, manifest, segment, end);
        try {
            salvage.walk(record -> {});
        } catch (NoSuchFileException e) {
            return gone(segment, end, name, reason);
        }
        return new Damage(
                segment,
                name,
                reason,
                end,
                salvage.kept(),
                salvage.lost(),
                salvage.behind(),
                lostRecords(segment, salvage.lost()));
    }

    private Damage gone(ListedSegment segment, long known, String name, String reason) {
        long end = known == Salvage.WHOLE ? segment.length() : known;
        return new Damage(
                segment,
                name,
                reason,
                end,
                0,
                end <= SegmentHeader.LENGTH ? List.of() : List.of(new Damage.Range(SegmentHeader.LENGTH, end)),
                null,
                lostRecords(segment, List.of(new Damage.Range(0, Long.MAX_VALUE))));
    }

    /** What the hint knows of records in the lost parts; null if there is no hint to be trusted. */
    private @Nullable List<Damage.LostRecord> lostRecords(ListedSegment segment, List<Damage.Range> lost) {
        List<Damage.LostRecord> records = new ArrayList<>();
        if (lost.isEmpty()) {
            return records;
        }
        if (!segment.isSealed()) {
            return null;
        }
        try (HintReader hint =
                HintReader.open(directory, segment.storeId(), segment.id(), segment.length(), segment.digest())) {
            hint.read(entry -> {
                if (lost.stream().anyMatch(range -> range.from() <= entry.offset() && entry.offset() < range.to())) {
                    records.add(new Damage.LostRecord(
                            entry.offset(), entry.recordLength(), entry.sequence(), entry.tombstone(), entry.key()));
                }
            });
            return List.copyOf(records);
        } catch (BadHintException e) {
            return null;
        }
    }
}
