package io.stave.engine.recovery;

import io.stave.CorruptionException;
import io.stave.RecoveryProgress.Phase;
import io.stave.RecoveryReport;
import io.stave.engine.base.ProgressMeter;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import io.stave.manifest.ListedSegment;
import io.stave.segment.CertificateSearch;
import io.stave.segment.ScanResult;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentLink;
import io.stave.segment.SegmentNames;
import io.stave.segment.SegmentScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The segments that a crash left unsealed: walks them in the order of the log and decides where it ends (I4).
 *
 * <p>The log ends at the first tear; everything behind it goes, later segments included, for there must be no hole. A tear below a
 * certificate is corruption instead: a certificate at or behind it, or in any later segment, proves that what is missing was once durable.
 * Reads only (I10).
 */
public final class UnsealedLog {

    public static final String ADVICE =
            "These bytes were once on stable storage, so this is not the trace of a crash. Keep a copy of the store, check the disk, and restore a"
                    + " backup.";

    private final StoreDirectory directory;
    private final StoreId storeId;
    private final KeydirLoad<?> load;
    private final ProgressMeter progress;
    private final SegmentScanner scanner = new SegmentScanner();

    /** Where a segment must end because its successor says so, by its id; 0 if the log did not get to that one. */
    private final Map<Long, Long> ends = new HashMap<>();

    private final List<ListedSegment> kept = new ArrayList<>();
    private final List<ListedSegment> dropped = new ArrayList<>();
    private final List<String> behindCut = new ArrayList<>();
    private final List<RecoveryReport.Cut> cuts = new ArrayList<>();
    private int scanned;
    private long bytesScanned;

    UnsealedLog(StoreDirectory directory, StoreId storeId, KeydirLoad<?> load, ProgressMeter progress) {
        this.directory = directory;
        this.storeId = storeId;
        this.load = load;
        this.progress = progress;
    }

    /** What is to be sealed, with its length and digest. Segments without records are not among them. */
    List<ListedSegment> kept() {
        return kept;
    }

    /** What the MANIFEST must no longer list: segments behind a cut, and those without records. */
    List<ListedSegment> dropped() {
        return dropped;
    }

    /** The file names of the segments that go because they lie behind a cut. */
    List<String> behindCut() {
        return behindCut;
    }

    /** Where the log was cut. */
    List<RecoveryReport.Cut> cuts() {
        return cuts;
    }

    /** How many segments held anything. */
    int scanned() {
        return scanned;
    }

    long bytesScanned() {
        return bytesScanned;
    }

    /** Walks the unsealed segments, which come by id, and offers their records to the keydir. */
    void walk(List<ListedSegment> unsealed) throws IOException {
        List<SegmentHeader> headers = new ArrayList<>();
        for (ListedSegment entry : unsealed) {
            try (ReadableFile file = open(entry.id())) {
                SegmentHeader header = SegmentHeader.read(file, storeId, entry.id());
                headers.add(header);
                ends.merge(header.predecessorId(), SegmentLink.predecessorLength(file, header), Math::max);
            }
        }
        progress.begin(Phase.INSPECT, bytes(headers));
        for (int i = 0; i < unsealed.size(); i++) {
            boolean whole = walk(headers, unsealed, i);
            if (!whole) {
                for (ListedSegment later : unsealed.subList(i + 1, unsealed.size())) {
                    dropOneBehindCut(later);
                }
                break;
            }
        }
        progress.end();
    }

    private long bytes(List<SegmentHeader> headers) throws IOException {
        long bytes = 0;
        for (SegmentHeader header : headers) {
            try (ReadableFile file = open(header.segmentId())) {
                bytes += file.length();
            }
        }
        return bytes;
    }

    /** One that was created ahead, and that the log had not come to, holds nothing that would be worth a word. */
    private void dropOneBehindCut(ListedSegment later) throws IOException {
        dropped.add(later);
        try (ReadableFile file = open(later.id())) {
            if (lastByte(file, SegmentHeader.LENGTH, file.length()) > SegmentHeader.LENGTH) {
                behindCut.add(file.name());
            }
        }
    }

    private ReadableFile open(long id) throws IOException {
        String name = SegmentNames.segment(id);
        try {
            return directory.open(name);
        } catch (NoSuchFileException e) {
            throw new CorruptionException(name, 0, "a segment that the MANIFEST lists", "no file", ADVICE, e);
        }
    }

    /** Walks segment {@code i}; returns whether it is whole, so that the log goes on in the next one. */
    private boolean walk(List<SegmentHeader> headers, List<ListedSegment> unsealed, int i) throws IOException {
        SegmentHeader header = headers.get(i);
        long id = header.segmentId();
        try (ReadableFile file = open(id)) {
            long fileLength = file.length();
            long wanted = ends.getOrDefault(id, 0L);
            ScanResult result = scanner.scan(file, header, wanted == 0 ? fileLength : wanted, true, load.visitor(id));
            scanned += result.end() > SegmentHeader.LENGTH ? 1 : 0;
            bytesScanned += result.end();
            progress.advance(fileLength);
            boolean whole = wanted == 0 ? result.clean() : result.end() == wanted;
            refuseIfForced(unsealed, i, file, result, whole);
            if (!whole) {
                refuseIfCertified(headers, i, file, result, fileLength);
                cuts.add(new RecoveryReport.Cut(
                        file.name(),
                        result.end(),
                        lastByte(file, result.end(), fileLength) - result.end(),
                        result.reason()));
            }
            if (result.records() > 0) {
                kept.add(ListedSegment.sealed(
                        storeId, id, result.end(), result.digest(), result.minSequence(), result.maxSequence()));
            } else {
                dropped.add(ListedSegment.active(storeId, id, header.baseSequence()));
            }
            return whole;
        }
    }

    /** What the MANIFEST vouches for in this segment, or in a later one that would go with a cut, was once durable. */
    private static void refuseIfForced(
            List<ListedSegment> unsealed, int i, ReadableFile file, ScanResult result, boolean whole) {
        long forced = unsealed.get(i).length();
        if (result.end() < forced) {
            String expected = result.clean() ? forced + " bytes that were forced" : result.expected();
            throw new CorruptionException(file.name(), result.stoppedAt(), expected, result.actual(), ADVICE);
        }
        boolean later = unsealed.subList(i + 1, unsealed.size()).stream().anyMatch(listed -> listed.length() > 0);
        if (later && !whole) {
            throw new CorruptionException(file.name(), result.stoppedAt(), result.expected(), result.actual(), ADVICE);
        }
    }

    private void refuseIfCertified(
            List<SegmentHeader> headers, int i, ReadableFile file, ScanResult result, long fileLength)
            throws IOException {
        long tear = result.end();
        long id = headers.get(i).segmentId();
        boolean certified = CertificateSearch.furthest(file, storeId, id, tear, fileLength) > tear;
        for (int later = i + 1; later < headers.size() && !certified; later++) {
            long laterId = headers.get(later).segmentId();
            try (ReadableFile laterFile = open(laterId)) {
                certified = CertificateSearch.furthest(
                                laterFile, storeId, laterId, SegmentHeader.LENGTH, laterFile.length())
                        > 0;
            }
        }
        if (certified) {
            throw new CorruptionException(file.name(), result.stoppedAt(), result.expected(), result.actual(), ADVICE);
        }
    }

    /** The offset behind the last byte that is not zero. */
    private static long lastByte(ReadableFile file, long from, long fileLength) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(64 * 1024);
        long last = from;
        for (long at = from; at < fileLength; at += chunk.capacity()) {
            int n = file.read(chunk.clear(), at);
            for (int i = n - 1; i >= 0; i--) {
                if (chunk.get(i) != 0) {
                    last = at + i + 1;
                    break;
                }
            }
        }
        return last;
    }
}
