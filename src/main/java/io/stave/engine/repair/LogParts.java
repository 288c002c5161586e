package io.stave.engine.repair;

import io.stave.CorruptionException;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
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
 * Finds out how much of each unsealed segment is the log's, damage or not (I4). Reads only.
 *
 * <p>What is certified is all of the log's, with holes where it is damaged: each segment before the last one that has a certificate, and that one up
 * to where the certificate says. From there on the log goes as far as an open would follow it: batch by batch, to the first tear, and what lies
 * behind a tear stays away, later segments included.
 */
final class LogParts {

    static final String GONE = "there is no such file";

    private final StoreDirectory directory;
    private final Manifest manifest;
    private final List<ListedSegment> unsealed;
    private final List<Look> looks = new ArrayList<>();
    private final List<LogPart> parts = new ArrayList<>();
    private final SegmentScanner scanner = new SegmentScanner();

    // The walk behind what is certified.
    private boolean torn;
    private long lastSequence;

    private LogParts(StoreDirectory directory, Manifest manifest, List<ListedSegment> unsealed) {
        this.directory = directory;
        this.manifest = manifest;
        this.unsealed = unsealed;
    }

    /**
     * What a segment has by itself.
     *
     * @param header null if it does not verify
     * @param scan from the front to the first tear; null if there is no file
     * @param certified the largest offset that anything vouches for, or 0
     * @param reason what is wrong with file or header; null if nothing is
     */
    private record Look(
            @Nullable SegmentHeader header,
            @Nullable ScanResult scan,
            long certified,
            @Nullable String reason) {}

    /** Returns the parts of the unsealed segments, which come by id. */
    static List<LogPart> of(StoreDirectory directory, Manifest manifest, List<ListedSegment> unsealed)
            throws IOException {
        LogParts log = new LogParts(directory, manifest, unsealed);
        for (ListedSegment segment : unsealed) {
            log.looks.add(log.look(segment));
        }
        int last = unsealed.size() - 1;
        while (last >= 0 && log.looks.get(last).certified == 0) {
            last--;
        }
        for (int i = 0; i < unsealed.size(); i++) {
            log.parts.add(i < last ? log.certified(i) : log.tail(i, i > last));
        }
        return log.parts;
    }

    private Look look(ListedSegment segment) throws IOException {
        try (ReadableFile file = directory.open(SegmentNames.segment(segment.id()))) {
            SegmentHeader header = null;
            String reason = null;
            try {
                header = SegmentHeader.read(file, segment.storeId(), segment.id());
            } catch (CorruptionException e) {
                reason = "at offset " + e.offset() + ": expected " + e.expected() + ", found " + e.actual();
            }
            long length = file.length();
            ScanResult scan = scanner.scan(file, orListed(header, segment), length, true, record -> {});
            long behind = CertificateSearch.furthest(file, segment.storeId(), segment.id(), scan.end(), length);
            return new Look(header, scan, Math.max(segment.length(), Math.max(scan.certified(), behind)), reason);
        } catch (NoSuchFileException e) {
            return new Look(null, null, segment.length(), GONE);
        }
    }

    /** The MANIFEST knows of the base sequence, too. */
    private static SegmentHeader orListed(@Nullable SegmentHeader header, ListedSegment segment) {
        return header == null
                ? new SegmentHeader(segment.storeId(), segment.id(), segment.minSequence(), 0, 0)
                : header;
    }

    /** Where segment {@code i} ends, as the next one names it; 0 if it does not. */
    private long endNamedByNext(int i) {
        SegmentHeader next = i + 1 < looks.size() ? looks.get(i + 1).header : null;
        return next != null && next.predecessorId() == unsealed.get(i).id() ? next.predecessorLength() : 0;
    }

    /** A later segment has a certificate: this one was forced to its end. */
    private LogPart certified(int i) {
        Look look = looks.get(i);
        long end = endNamedByNext(i);
        String reason = look.reason;
        if (reason == null && look.scan != null) {
            boolean whole = end == 0 ? look.scan.clean() : look.scan.end() >= end;
            reason = whole ? null : damage(look.scan);
        }
        return new LogPart(unsealed.get(i), end == 0 ? Salvage.WHOLE : end, reason);
    }

    /** Nothing later has a certificate: what lies behind this one's ends with the first tear. */
    private LogPart tail(int i, boolean uncertified) throws IOException {
        ListedSegment segment = unsealed.get(i);
        Look look = looks.get(i);
        SegmentHeader header = orListed(look.header, segment);
        // Without a header nobody says whether the one before was whole, but that no sequence is missing does.
        boolean hole = look.header == null && i > 0 && header.baseSequence() > lastSequence + 1;
        torn |= uncertified && hole;
        long from = uncertified ? SegmentHeader.LENGTH : look.certified;
        long wanted = endNamedByNext(i);
        if (look.scan == null) {
            torn |= uncertified || from != wanted;
        }
        if (torn || look.scan == null) {
            return new LogPart(segment, from, look.reason);
        }
        String reason = look.reason == null && look.scan.end() < look.certified ? damage(look.scan) : look.reason;
        try (ReadableFile file = directory.open(SegmentNames.segment(segment.id()))) {
            lastSequence = Math.max(header.baseSequence() - 1, greatestBelow(from, segment));
            ScanResult rest = scanner.resume(
                    file, header, from, lastSequence, wanted == 0 ? file.length() : wanted, record -> {});
            lastSequence = Math.max(lastSequence, rest.maxSequence());
            torn = wanted == 0 ? !rest.clean() : rest.end() != wanted;
            return new LogPart(segment, rest.end(), reason);
        }
    }

    private long greatestBelow(long end, ListedSegment segment) throws IOException {
        long[] greatest = {0};
        new Salvage(directory, manifest, segment, end)
                .walk(record -> greatest[0] = Math.max(greatest[0], record.sequence()));
        return greatest[0];
    }

    private static String damage(ScanResult result) {
        return "at offset " + result.stoppedAt() + ": expected " + result.expected() + ", found " + result.actual();
    }
}
