package io.stave.cli.inspect;

import io.stave.hint.BadHintException;
import io.stave.hint.HintCursor;
import io.stave.hint.HintFile;
import io.stave.hint.HintHeader;
import io.stave.hint.HintReader;
import io.stave.hint.HintWalk;
import io.stave.io.ReadableFile;
import io.stave.manifest.ListedSegment;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks into one hint, and judges it as an open does, and as a merge does. */
final class HintLook {

    private static final int BLOB = 3;

    private final StoreView view;
    private final ListedSegment segment;
    private final String file;
    private final List<Anomaly> anomalies = new ArrayList<>();

    private final SizeHistogram keyLengths = new SizeHistogram();
    private final SizeHistogram recordLengths = new SizeHistogram();
    private long count;
    private long tombstones;
    private long blobs;
    private long expiring;
    private long minVersion = Long.MAX_VALUE;
    private long maxVersion;

    HintLook(StoreView view, ListedSegment segment) {
        this.view = view;
        this.segment = segment;
        this.file = HintFile.name(segment.id());
    }

    /** How a segment that the MANIFEST lists is told of. */
    static HintFindings.SegmentRef ref(ListedSegment segment) {
        return new HintFindings.SegmentRef(
                segment.id(),
                SegmentNames.segment(segment.id()),
                segment.isSealed() ? "sealed" : "active",
                segment.length(),
                String.format("%016x", segment.digest()),
                segment.minSequence(),
                segment.maxSequence());
    }

    /** Reads it; the share is for others to find out. */
    HintFindings find(HintFindings.@Nullable Share share) throws IOException {
        if (!segment.isSealed() || !view.directory().exists(file)) {
            return absent(share);
        }
        boolean trusted = readAsAnOpenDoes();
        if (!trusted) {
            readWhatCanBe();
        }
        boolean filterTrusted = readFilter(trusted);
        return findings(trusted, filterTrusted, share);
    }

    private HintFindings absent(HintFindings.@Nullable Share share) throws IOException {
        anomalies.add(Anomaly.noHint(file, segment));
        return findings(false, false, share);
    }

    /** Binding first, then every block before the first entry. */
    private boolean readAsAnOpenDoes() {
        try (HintReader hint = open()) {
            hint.read(this::count);
            return true;
        } catch (BadHintException e) {
            anomalies.add(Anomaly.of(file, e, segment.id()));
            return false;
        }
    }

    private HintReader open() throws BadHintException {
        return HintReader.open(view.directory(), segment.storeId(), segment.id(), segment.length(), segment.digest());
    }

    /** As it binds itself: the entries up to where it stops making sense. */
    private void readWhatCanBe() {
        HintHeader header = header();
        if (header == null || header.segmentId() != segment.id()) {
            return;
        }
        try (HintReader hint = HintReader.open(
                view.directory(), header.storeId(), segment.id(), header.segmentLength(), header.segmentDigest())) {
            HintWalk walk = hint.walk(0);
            for (HintCursor entry = walk.next(); entry != null; entry = walk.next()) {
                count(entry);
            }
        } catch (BadHintException e) {
            return; // told already: these are the entries before it
        }
    }

    private boolean readFilter(boolean trusted) {
        try (HintReader hint = open()) {
            return hint.filter() != null;
        } catch (BadHintException e) {
            if (trusted) {
                anomalies.add(Anomaly.badFilter(file, e, segment.id()));
            }
            return false;
        }
    }

    private void count(HintCursor entry) {
        count++;
        tombstones += entry.tombstone() ? 1 : 0;
        blobs += entry.kind() == BLOB ? 1 : 0;
        expiring += entry.hasExpiry() ? 1 : 0;
        minVersion = Math.min(minVersion, entry.sequence());
        maxVersion = Math.max(maxVersion, entry.sequence());
        keyLengths.add(entry.keyLength(), entry.recordLength());
        recordLengths.add(entry.recordLength(), entry.recordLength());
    }

    private @Nullable HintHeader header() {
        try {
            return HintHeader.read(view.directory(), file);
        } catch (BadHintException e) {
            return null;
        }
    }

    private HintFindings findings(boolean trusted, boolean filterTrusted, HintFindings.@Nullable Share share)
            throws IOException {
        return new HintFindings(
                file,
                length(),
                ref(segment),
                trusted,
                filterTrusted,
                header(),
                new HintFindings.Entries(
                        count,
                        count - tombstones - blobs,
                        tombstones,
                        blobs,
                        expiring,
                        count == 0 ? 0 : minVersion,
                        maxVersion,
                        keyLengths.buckets(),
                        recordLengths.buckets()),
                share,
                List.copyOf(anomalies));
    }

    private long length() throws IOException {
        try (ReadableFile hint = view.directory().open(file)) {
            return hint.length();
        } catch (NoSuchFileException e) {
            return 0;
        }
    }
}
