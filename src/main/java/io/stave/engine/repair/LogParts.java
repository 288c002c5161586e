package io.stave.engine.repair;

import io.stave.CorruptionException;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.segment.CertificateSearch;
import io.stave.segment.ScanResult;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentLink;
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
     * @param predecessorLength as its link says; 0 if there is none
     * @param certified the largest offset that anything vouches for, or 0
     * @param reason what is wrong with file or header; null if nothing is
     */
    private record Look(
            @Nullable SegmentHeader header,
            long predecessorLength,
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

    /** Looks for certificates before any record is looked at: while somebody writes, what they vouch for is there by then. */
    private Look look(ListedSegment segment) throws IOException {
        try (ReadableFile file = directory.open(SegmentNames.segment(segment.id()))) {
            SegmentHeader header = null;
            String reason = null;
            try {
                header = SegmentHeader.read(file, segment.storeId(), segment.id());
            } catch (CorruptionException e) {
                reason = "at offset " + e.offset() + ": expected " + e.expected() + ", found " + e.actual();
            }
            long certified = CertificateSearch.furthest(
                    file, segment.storeId(), segment.id(), SegmentHeader.LENGTH, file.length());
            long predecessorLength = SegmentLink.predecessorLength(file, orListed(header, segment));
            return new Look(header, predecessorLength, Math.max(segment.length(), certified), reason);
        } catch (NoSuchFileException e) {
            return new Look(null, 0, segment.length(), GONE);
        }
    }

    /** The MANIFEST knows of the identity and the base sequence, too. */
    private static SegmentHeader orListed(@Nullable SegmentHeader header, ListedSegment segment) {
        return header == null ? new SegmentHeader(segment.storeId(), segment.id(), segment.minSequence(), 0) : header;
    }

    /** Where segment {@code i} ends, as the one that follows it names it; 0 if none does. One without a header may follow the one before it. */
    private long namedEnd(int i) {
        long end = 0;
        for (int later = i + 1; later < looks.size(); later++) {
            SegmentHeader next = looks.get(later).header;
            if (next == null
                    ? later == i + 1
                    : next.predecessorId() == unsealed.get(i).id()) {
                end = Math.max(end, looks.get(later).predecessorLength);
            }
        }
        return end;
    }

    /** A later segment has a certificate: this one was forced to its end. */
    private LogPart certified(int i) throws IOException {
        ListedSegment segment = unsealed.get(i);
        Look look = looks.get(i);
        long end = namedEnd(i);
        String reason = look.reason;
        if (reason == null) {
            try (ReadableFile file = directory.open(SegmentNames.segment(segment.id()))) {
                ScanResult scan = scan(file, segment, look);
                boolean whole = end == 0 ? scan.clean() : scan.end() >= end;
                reason = whole ? null : damage(scan);
            } catch (NoSuchFileException e) {
                reason = GONE;
            }
        }
        return new LogPart(segment, end == 0 ? Salvage.WHOLE : end, reason);
    }

    private ScanResult scan(ReadableFile file, ListedSegment segment, Look look) throws IOException {
        return scanner.scan(file, orListed(look.header, segment), file.length(), true, record -> {});
    }

    /** Nothing later has a certificate: what lies behind this one's ends with the first tear. */
    private LogPart tail(int i, boolean uncertified) throws IOException {
        ListedSegment segment = unsealed.get(i);
        Look look = looks.get(i);
        long from = uncertified ? SegmentHeader.LENGTH : look.certified;
        long wanted = namedEnd(i);
        // With neither header nor link nobody says whether the one before was whole.
        torn |= uncertified && i > 0 && look.header == null && look.predecessorLength == 0;
        if (torn) {
            return new LogPart(segment, from, look.reason);
        }
        try (ReadableFile file = directory.open(SegmentNames.segment(segment.id()))) {
            ScanResult scan = scan(file, segment, look);
            String reason = look.reason == null && scan.end() < from ? damage(scan) : look.reason;
            SegmentHeader header = orListed(look.header, segment);
            lastSequence = Math.max(header.baseSequence() - 1, greatestBelow(from, segment));
            ScanResult rest = scanner.resume(
                    file, header, from, lastSequence, wanted == 0 ? file.length() : wanted, record -> {});
            lastSequence = Math.max(lastSequence, rest.maxSequence());
            torn = wanted == 0 ? !rest.clean() : rest.end() != wanted;
            return new LogPart(segment, rest.end(), reason);
        } catch (NoSuchFileException e) {
            torn = uncertified || from != wanted;
            return new LogPart(segment, from, GONE);
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
