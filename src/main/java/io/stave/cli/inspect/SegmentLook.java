package io.stave.cli.inspect;

import io.stave.CorruptionException;
import io.stave.io.ReadableFile;
import io.stave.manifest.ListedSegment;
import io.stave.segment.CertificateSearch;
import io.stave.segment.RecordCursor;
import io.stave.segment.RecordFormat;
import io.stave.segment.RecordVisitor;
import io.stave.segment.ScanResult;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentLink;
import io.stave.segment.SegmentScanner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment from front to back. Of a sealed one everything must verify and have the digest that the MANIFEST knows; of an active one
 * everything below a certificate, while somebody may be appending behind it (I4).
 */
final class SegmentLook {

    private final StoreView view;
    private final ListedSegment segment;
    private final boolean hintGood;
    private final RecordVisitor also;
    private final List<Anomaly> anomalies = new ArrayList<>();

    private final SizeHistogram keyLengths = new SizeHistogram();
    private final SizeHistogram valueLengths = new SizeHistogram();
    private long count;
    private long puts;
    private long tombstones;
    private long expiring;
    private long inBatches;
    private long minVersion = Long.MAX_VALUE;
    private long maxVersion;

    private SegmentFindings.@Nullable Header header;
    private long verifiedTo;
    private long certified;
    private String digest = "";

    /** Shows each record to {@code also}; {@code hintGood} decides what an open makes of damage. */
    SegmentLook(StoreView view, ListedSegment segment, boolean hintGood, RecordVisitor also) {
        this.view = view;
        this.segment = segment;
        this.hintGood = hintGood;
        this.also = also;
    }

    /** Reads it; the share is for others to find out. */
    SegmentFindings find(ReadableFile file, HintFindings.@Nullable Share share) throws IOException {
        long length = file.length();
        try {
            read(file);
        } catch (CorruptionException e) {
            anomalies.add(Anomaly.of(e, hintGood));
        }
        return new SegmentFindings(
                HintLook.ref(segment),
                length,
                header,
                verifiedTo,
                certified,
                digest,
                new SegmentFindings.Records(
                        count,
                        puts,
                        tombstones,
                        count - puts - tombstones,
                        expiring,
                        inBatches,
                        count == 0 ? 0 : minVersion,
                        maxVersion,
                        keyLengths.buckets(),
                        valueLengths.buckets()),
                share,
                List.copyOf(anomalies));
    }

    private void read(ReadableFile file) throws IOException {
        SegmentHeader read = SegmentHeader.read(file, segment.storeId(), segment.id());
        header = new SegmentFindings.Header(
                read.storeId().toString(),
                read.segmentId(),
                read.baseSequence(),
                read.predecessorId(),
                SegmentLink.predecessorLength(file, read));
        if (segment.isSealed()) {
            readSealed(file, read);
        } else {
            readActive(file, read);
        }
    }

    private void readSealed(ReadableFile file, SegmentHeader read) throws IOException {
        if (file.length() < segment.length()) {
            throw new CorruptionException(
                    file.name(), file.length(), segment.length() + " bytes", file.length() + " bytes");
        }
        ScanResult result = new SegmentScanner().scan(file, read, segment.length(), false, this::count);
        verifiedTo = result.end();
        certified = segment.length();
        digest = String.format("%016x", result.digest());
        if (result.end() != segment.length()) {
            throw new CorruptionException(file.name(), result.stoppedAt(), result.expected(), result.actual());
        }
        if (result.digest() != segment.digest()) {
            throw new CorruptionException(
                    file.name(),
                    SegmentHeader.LENGTH,
                    String.format("records with digest %016x", segment.digest()),
                    String.format("records with digest %016x, each of which verifies", result.digest()));
        }
    }

    /** What does not verify is damage only if it still does not after a certificate was found behind it: bytes below one do not change. */
    private void readActive(ReadableFile file, SegmentHeader read) throws IOException {
        SegmentScanner scanner = new SegmentScanner();
        ScanResult result = scanner.scan(file, read, file.length(), true, this::count);
        digest = String.format("%016x", result.digest());
        certified = Math.max(segment.length(), result.certified());
        verifiedTo = result.end();
        while (!result.clean()) {
            long furthest =
                    CertificateSearch.furthest(file, read.storeId(), read.segmentId(), verifiedTo, file.length());
            result = scanner.resume(file, read, verifiedTo, maxVersion, file.length(), this::count);
            certified = Math.max(certified, Math.max(furthest, result.certified()));
            boolean further = result.end() > verifiedTo;
            verifiedTo = result.end();
            if (!further) {
                break;
            }
        }
        if (verifiedTo < certified) {
            throw new CorruptionException(file.name(), result.stoppedAt(), result.expected(), result.actual());
        }
        if (!result.clean()) {
            anomalies.add(Anomaly.torn(file.name(), result));
        }
    }

    private void count(RecordCursor record) throws IOException {
        count++;
        puts += record.kind() == RecordFormat.PUT ? 1 : 0;
        tombstones += record.tombstone() ? 1 : 0;
        expiring += record.hasExpiry() ? 1 : 0;
        inBatches += (record.flags() & RecordFormat.CONTINUES) != 0 ? 1 : 0;
        minVersion = Math.min(minVersion, record.sequence());
        maxVersion = Math.max(maxVersion, record.sequence());
        keyLengths.add(record.keyLength(), record.length());
        if (!record.tombstone()) {
            valueLengths.add(record.valueLength(), record.length());
        }
        also.record(record);
    }
}
