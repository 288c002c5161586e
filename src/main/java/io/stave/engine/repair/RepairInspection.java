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
import io.stave.segment.CertificateSearch;
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
 * certificate, what verifies in all of them is kept, sealed. A tail that only a crash has torn is no damage: the next open cuts it off.
 */
final class RepairInspection {

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
                    damages.add(salvage(segment, reason));
                }
            } else {
                unsealed.add(segment);
            }
        }
        inspectLog(unsealed);
    }

    private void inspectLog(List<ListedSegment> unsealed) throws IOException {
        List<@Nullable String> reasons = new ArrayList<>();
        for (int i = 0; i < unsealed.size(); i++) {
            reasons.add(reason(unsealed, i));
        }
        if (reasons.stream().anyMatch(reason -> reason != null)) {
            for (int i = 0; i < unsealed.size(); i++) {
                String reason = reasons.get(i);
                damages.add(salvage(
                        unsealed.get(i), reason == null ? "it goes with one that is damaged, and is sealed" : reason));
            }
        }
    }

    /** What is wrong with a sealed segment, or null. */
    @Nullable
    String reason(ListedSegment segment) throws IOException {
        String name = SegmentNames.segment(segment.id());
        try (ReadableFile file = directory.open(name)) {
            SegmentHeader header = SegmentHeader.read(file, segment.storeId(), segment.id());
            ScanResult result = new SegmentScanner().scan(file, header, segment.length(), false, record -> {});
            if (result.end() != segment.length()) {
                return damage(result);
            }
            return result.digest() == segment.digest()
                    ? null
                    : String.format(
                            "its records have digest %016x, and were sealed with %016x",
                            result.digest(), segment.digest());
        } catch (CorruptionException e) {
            return String.valueOf(e.getMessage());
        } catch (NoSuchFileException e) {
            return "there is no such file";
        }
    }

    /** What is wrong with an unsealed segment below what is certified, or null. */
    private @Nullable String reason(List<ListedSegment> unsealed, int i) throws IOException {
        ListedSegment segment = unsealed.get(i);
        String name = SegmentNames.segment(segment.id());
        try (ReadableFile file = directory.open(name)) {
            SegmentHeader header = SegmentHeader.read(file, segment.storeId(), segment.id());
            long wanted = Math.max(segment.length(), certifiedByNext(unsealed, i));
            ScanResult result = new SegmentScanner().scan(file, header, file.length(), true, record -> {});
            long certified = Math.max(
                    wanted,
                    CertificateSearch.furthest(file, segment.storeId(), segment.id(), result.end(), file.length()));
            return result.end() < certified ? damage(result) : null;
        } catch (CorruptionException e) {
            return String.valueOf(e.getMessage());
        } catch (NoSuchFileException e) {
            return "there is no such file";
        }
    }

    /** How long a segment was when the writer rolled away, if a later one holds a certificate: then all before was forced. */
    private long certifiedByNext(List<ListedSegment> unsealed, int i) throws IOException {
        if (i + 1 == unsealed.size()) {
            return 0;
        }
        boolean certified = false;
        long length = 0;
        for (int later = i + 1; later < unsealed.size(); later++) {
            long id = unsealed.get(later).id();
            try (ReadableFile file = directory.open(SegmentNames.segment(id))) {
                certified |= unsealed.get(later).length() > 0
                        || CertificateSearch.furthest(
                                        file, unsealed.get(later).storeId(), id, SegmentHeader.LENGTH, file.length())
                                > 0;
                if (later == i + 1) {
                    SegmentHeader header =
                            SegmentHeader.read(file, unsealed.get(later).storeId(), id);
                    length = header.predecessorId() == unsealed.get(i).id() ? header.predecessorLength() : 0;
                }
            } catch (NoSuchFileException | CorruptionException e) {
                continue; // told where its own turn comes
            }
        }
        return certified ? length : 0;
    }

    private static String damage(ScanResult result) {
        return "at offset " + result.stoppedAt() + ": expected " + result.expected() + ", found " + result.actual();
    }

    /** Finds out what can be kept. */
    private Damage salvage(ListedSegment segment, String reason) throws IOException {
        String name = SegmentNames.segment(segment.id());
        Salvage salvage = new Salvage(directory, manifest, segment);
        try {
            salvage.walk(record -> {});
        } catch (NoSuchFileException e) {
            return new Damage(
                    segment,
                    name,
                    reason,
                    0,
                    List.of(new Damage.Range(SegmentHeader.LENGTH, Math.max(segment.length(), SegmentHeader.LENGTH))),
                    lostRecords(segment, List.of(new Damage.Range(0, Long.MAX_VALUE))));
        }
        return new Damage(segment, name, reason, salvage.kept(), salvage.lost(), lostRecords(segment, salvage.lost()));
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
