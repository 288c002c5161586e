package io.stave.engine.recovery;

import io.stave.CorruptionException;
import io.stave.engine.live.Tail;
import io.stave.io.MappedFile;
import io.stave.io.Mapping;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.segment.CertificateSearch;
import io.stave.segment.RecordFormat;
import io.stave.segment.RecordVisitor;
import io.stave.segment.ScanResult;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentLink;
import io.stave.segment.SegmentNames;
import io.stave.segment.SegmentScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How far the unsealed segments are certified while somebody appends to them (I4): what {@link UnsealedLog} is to a log that nobody writes.
 *
 * <p>A certificate says that everything below an offset was forced, and every earlier segment to its end; an entry in the MANIFEST may say
 * so too. Both are true from the moment they can be read, so whatever is found is safe to show, and no recovery ever cuts it off. Bytes
 * that are certified never change again. Those behind may: an append is seen in part while it is being written, and is undone if it fails.
 * So what looks like damage is looked at again, and is damage only if it lies below a certificate.
 *
 * <p>Reads only. One thread at a time.
 */
public final class CertifiedLog {

    /** How often to look at what is no record, before searching behind it byte by byte. */
    private static final int LOOKS = 3;

    /** How long a write of one group takes, generously. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final StoreDirectory directory;
    private final SegmentScanner scanner = new SegmentScanner();

    public CertifiedLog(StoreDirectory directory) {
        this.directory = directory;
    }

    /**
     * Returns for each of the unsealed segments of a store, given by id, the offset up to which it is certified.
     *
     * @param thorough whether to look behind zeros too, as recovery does, which reads the files to their ends
     * @throws java.nio.file.NoSuchFileException if a segment is not there any more
     * @throws CorruptionException if a header does not verify, or no segment follows one that others come after
     */
    public long[] ends(List<Tail> tails, Manifest manifest, boolean thorough) throws IOException {
        int last = tails.size() - 1;
        while (last >= 0 && !certified(tails.get(last), manifest, thorough)) {
            last--;
        }
        long[] ends = new long[tails.size()];
        for (int i = 0; i < ends.length; i++) {
            Tail tail = tails.get(i);
            long end =
                    i < last ? endBefore(tails.get(last), tail, tails.subList(i + 1, tails.size())) : tail.certified();
            ends[i] = Math.max(tail.shown(), end);
        }
        return ends;
    }

    /** Looks for certificates, and returns whether the segment has one: then those before are certified to their ends. */
    private boolean certified(Tail tail, Manifest manifest, boolean thorough) throws IOException {
        manifest.segment(tail.id()).map(ListedSegment::length).ifPresent(tail::certify);
        look(tail, thorough);
        return tail.certified() > 0;
    }

    /**
     * The end of a segment, which is forced, for {@code last} has a certificate: as the one that follows names it. None does if nothing was ever
     * appended to it.
     *
     * <p>The first certificate in a segment may say no more than that those before are forced to their ends. A power loss may leave it, and not
     * the link in front of it. Then the log ends with the segment before, as far as that reaches.
     */
    private long endBefore(Tail last, Tail tail, List<Tail> later) throws IOException {
        long end = namedEnd(tail, later);
        if (end > 0 || !holdsRecords(tail)) {
            return end;
        }
        boolean linkIsCertified =
                last.certified() > SegmentHeader.LENGTH || last.header().predecessorId() != tail.id();
        if (linkIsCertified) {
            throw new CorruptionException(
                    SegmentNames.segment(later.get(0).id()),
                    SegmentHeader.LENGTH,
                    "a segment that goes on where " + SegmentNames.segment(tail.id()) + " has ended",
                    "one that does not say so",
                    UnsealedLog.ADVICE);
        }
        return wholeLength(tail);
    }

    private long wholeLength(Tail tail) throws IOException {
        try (ReadableFile file = directory.open(SegmentNames.segment(tail.id()))) {
            ScanResult result = scanner.scan(file, tail.header(), file.length(), true, record -> {});
            if (!result.clean()) {
                throw new CorruptionException(
                        file.name(), result.stoppedAt(), result.expected(), result.actual(), UnsealedLog.ADVICE);
            }
            return result.end();
        }
    }

    private long namedEnd(Tail tail, List<Tail> later) throws IOException {
        long end = 0;
        for (Tail next : later) {
            if (next.header().predecessorId() == tail.id()) {
                try (ReadableFile file = directory.open(SegmentNames.segment(next.id()))) {
                    end = Math.max(end, SegmentLink.predecessorLength(file, next.header()));
                }
            }
        }
        return end;
    }

    private boolean holdsRecords(Tail tail) throws IOException {
        try (ReadableFile file = directory.open(SegmentNames.segment(tail.id()))) {
            long last = tail.header().baseSequence() - 1;
            return scanner.follow(file, tail.header(), SegmentHeader.LENGTH, last)
                            .records()
                    > 0;
        }
    }

    private void look(Tail tail, boolean thorough) throws IOException {
        try (ReadableFile file = directory.open(SegmentNames.segment(tail.id()))) {
            for (int look = 1; thorough || !zerosFollow(file, tail.walked()); look++) {
                ScanResult result = walk(file, tail, thorough);
                tail.certify(result.certified());
                tail.walkedOn(result);
                if (result.clean() || result.stop() == ScanResult.Stop.UNFINISHED_BATCH) {
                    return;
                }
                if (look == LOOKS) {
                    tail.certify(searchBehind(file, tail, thorough));
                    return;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
                if (look > 1) {
                    tail.walkAgain();
                }
            }
        }
    }

    /**
     * Shows the records of a tail that are not shown yet, up to where it is certified or sealed.
     *
     * @param mapping of at least {@code end} bytes
     * @throws CorruptionException if they do not verify
     */
    public ScanResult replay(Tail tail, Mapping mapping, long end, RecordVisitor visitor) throws IOException {
        String name = SegmentNames.segment(tail.id());
        ScanResult result = scanner.resume(
                new MappedFile(name, mapping), tail.header(), tail.shown(), tail.lastShown(), end, visitor);
        if (result.end() != end) {
            throw new CorruptionException(
                    name, result.stoppedAt(), result.expected(), result.actual(), UnsealedLog.ADVICE);
        }
        return result;
    }

    private ScanResult walk(ReadableFile file, Tail tail, boolean thorough) throws IOException {
        return thorough
                ? scanner.resume(file, tail.header(), tail.walked(), tail.lastWalked(), file.length(), record -> {})
                : scanner.follow(file, tail.header(), tail.walked(), tail.lastWalked());
    }

    private static long searchBehind(ReadableFile file, Tail tail, boolean thorough) throws IOException {
        StoreId storeId = tail.header().storeId();
        return thorough
                ? CertificateSearch.furthest(file, storeId, tail.id(), tail.walked(), file.length())
                : CertificateSearch.furthestBeforeZeros(file, storeId, tail.id(), tail.walked());
    }

    /** Whether nothing was appended: then a look at a few bytes is all it takes. */
    private static boolean zerosFollow(ReadableFile file, long offset) throws IOException {
        ByteBuffer next = ByteBuffer.allocate(RecordFormat.HEADER_LENGTH);
        int n = file.read(next, offset);
        for (int i = 0; i < n; i++) {
            if (next.get(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
