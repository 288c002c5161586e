package io.stave.segment;

import io.stave.io.ReadableFile;
import io.stave.segment.ScanResult.Stop;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Walks over a segment from its first record to where the log ends, by windows of 1 MiB and without a mapping.
 *
 * <p>It decides nothing and changes nothing: it says how far the log reaches and what stopped it ({@link ScanResult}). The grammar it
 * follows:
 *
 * <pre>
 *   Log   --> Link? (Batch | Certificate)* End
 *   Batch --> Record[CONTINUES]* Record
 *   End   --> the limit | the end of the file | zeros up to the limit
 * </pre>
 *
 * <p>A batch is walked over once to verify it and, when its last record did, a second time to show it: a visitor never sees part of a batch
 * (I5). Memory is one window, as long as the longest record, however long a batch may be; one that does not fit is read and verified twice.
 *
 * <p>Reusable, to spare the window's allocation; not thread-safe.
 */
public final class SegmentScanner {

    private final RecordWindow window = new RecordWindow();
    private final RecordCursor cursor = new RecordCursor();

    // The segment being walked.
    private long limit;
    private boolean increasing;
    private boolean zerosEnd;

    // What the walk has found: up to the end of the last complete batch, and up to where it is now.
    private final Tally complete = new Tally();
    private final Tally tally = new Tally();
    private long end;
    private long certified;
    private long previousSequence;

    // What stopped it.
    private Stop stop = Stop.LIMIT;
    private String reason = "";

    /** Creates a scanner; the window is allocated by the first walk. */
    public SegmentScanner() {}

    /**
     * Walks from the first record to {@code newLimit}, to the end of the file, or to what is not a record, whichever comes first.
     *
     * @param file the segment; its header is not looked at
     * @param header what that header says: the identity seeds the checksums
     * @param newLimit where the log must end at the latest: the length in the MANIFEST, or the length of an unsealed file
     * @param strictlyIncreasing whether each sequence must be larger than the one before, and the first at least the header's base: so it
     *     is in a segment that was appended to, not in the output of a merge
     * @param visitor is shown the records of complete batches, in file order
     * @throws IOException if the file cannot be read, or the visitor throws it
     */
    public ScanResult scan(
            ReadableFile file, SegmentHeader header, long newLimit, boolean strictlyIncreasing, RecordVisitor visitor)
            throws IOException {
        begin(header, SegmentHeader.LENGTH, Math.max(0, header.baseSequence() - 1));
        increasing = strictlyIncreasing;
        return walk(file, header, newLimit, visitor);
    }

    /**
     * Goes on in a segment that is appended to, from where an earlier walk has come to; the result counts from there on, and its digest is
     * of no use.
     *
     * @param from the offset to begin at: the end that an earlier walk has found
     * @param lastSequence the sequence of the last record before it; less than the header's base if there is none
     * @throws IOException as {@link #scan}
     */
    public ScanResult resume(
            ReadableFile file, SegmentHeader header, long from, long lastSequence, long newLimit, RecordVisitor visitor)
            throws IOException {
        begin(header, from, lastSequence);
        return walk(file, header, newLimit, visitor);
    }

    /**
     * Goes on likewise to the present end of a segment that somebody is appending to, and takes the first zeros for it, without a look at
     * what lies behind them: so it costs nothing to look again and again.
     *
     * @throws IOException if the file cannot be read
     */
    public ScanResult follow(ReadableFile file, SegmentHeader header, long from, long lastSequence) throws IOException {
        begin(header, from, lastSequence);
        zerosEnd = true;
        return walk(file, header, file.length(), record -> {});
    }

    private void begin(SegmentHeader header, long from, long lastSequence) {
        increasing = true;
        zerosEnd = false;
        complete.reset(header.segmentId());
        tally.set(complete);
        end = from;
        certified = 0;
        previousSequence = lastSequence;
    }

    private ScanResult walk(ReadableFile file, SegmentHeader header, long wantedLimit, RecordVisitor visitor)
            throws IOException {
        limit = Math.min(wantedLimit, file.length());
        window.open(file, RecordFormat.maskSeed(header.storeId(), header.segmentId()), limit);
        try {
            return walk(wantedLimit, visitor);
        } finally {
            window.close();
        }
    }

    private ScanResult walk(long wantedLimit, RecordVisitor visitor) throws IOException {
        long at = end;
        window.keep(end);
        for (int length = next(at, wantedLimit); length > 0; length = next(at, wantedLimit)) {
            ByteBuffer buffer = window.buffer();
            int position = window.position(at);
            tally.digest.add(RecordFormat.storedChecksum(buffer, position));
            if (RecordFormat.kind(buffer, position) == RecordFormat.CERTIFICATE) {
                certified = Math.max(certified, RecordFormat.sequence(buffer, position));
            } else if (!RecordFormat.isMark(buffer, position)) {
                previousSequence = RecordFormat.sequence(buffer, position);
                tally.add(previousSequence);
            }
            long next = at + length;
            if ((RecordFormat.flags(buffer, position) & RecordFormat.CONTINUES) == 0) {
                show(at, length, next, visitor);
                complete.set(tally);
                end = next;
                window.keep(end);
            }
            at = next;
        }
        return new ScanResult(
                end,
                at,
                complete.digest.value(),
                complete.minSequence,
                complete.maxSequence,
                complete.records,
                certified,
                stop,
                window.storedChecksum(),
                window.computedChecksum(),
                reason);
    }

    /** Shows the batch in [{@link #end}, {@code next}), whose last record lies at {@code last} and is in the window. */
    private void show(long last, int lastLength, long next, RecordVisitor visitor) throws IOException {
        if (end == last) {
            if (!RecordFormat.isMark(window.buffer(), window.position(last))) {
                cursor.set(window.buffer(), window.position(last), last, lastLength);
                visitor.record(cursor);
            }
            return;
        }
        boolean verified = window.holdsSince(end);
        for (long at = end; at < next; ) {
            // Else the window has moved on, and these bytes are read anew.
            int length = verified ? window.length(at) : verified(at);
            if (length == 0) {
                throw new IOException("the bytes at offset " + at + " changed while the segment was read");
            }
            cursor.set(window.buffer(), window.position(at), at, length);
            visitor.record(cursor);
            at += length;
        }
    }

    /** Returns the length of the record or mark that the log continues with at {@code at}, or 0 if it ends there; then {@link #stop} is set. */
    private int next(long at, long wantedLimit) throws IOException {
        if (at >= limit) {
            boolean reached = at == wantedLimit;
            return ends(at, reached ? Stop.LIMIT : Stop.ZEROS, reached ? "the end of the log" : "the end of the file");
        }
        int length = verified(at);
        if (length == 0) {
            return stop == Stop.ZEROS ? ends(at, Stop.ZEROS, reason) : 0;
        }
        int position = window.position(at);
        long sequence = RecordFormat.sequence(window.buffer(), position);
        if (RecordFormat.kind(window.buffer(), position) == RecordFormat.CERTIFICATE) {
            if (at != end) {
                return stops(Stop.DAMAGE, "a certificate inside a batch");
            }
            return sequence <= at
                    ? length
                    : stops(Stop.DAMAGE, "a certificate for the offset " + sequence + " beyond it");
        }
        if (RecordFormat.kind(window.buffer(), position) == RecordFormat.LINK) {
            return at == SegmentHeader.LENGTH ? length : stops(Stop.DAMAGE, "a link behind the first record");
        }
        if (increasing && sequence <= previousSequence) {
            return stops(Stop.STALE, "sequence " + sequence + " after " + previousSequence);
        }
        return length;
    }

    /** Returns the length of what lies at {@code at} if it is a record or mark, wholly below the limit, and verifies; else 0. */
    private int verified(long at) throws IOException {
        int length = window.load(at);
        return switch (length) {
            case RecordWindow.NOTHING ->
                zerosEnd && limit - at >= RecordFormat.HEADER_LENGTH ? stops(Stop.ZEROS, "zeros") : notARecord(at);
            case RecordWindow.DAMAGE -> stops(Stop.DAMAGE, window.reason());
            default -> length;
        };
    }

    /** What lies at {@code at} is no record, for it is zeros or shorter than one: zeros up to the limit are a legal tail. */
    private int notARecord(long at) throws IOException {
        for (long from = at; from < limit; from = window.end()) {
            if (!window.loadRaw(from, 1)) {
                break;
            }
            ByteBuffer buffer = window.buffer();
            int until = window.position(Math.min(window.end(), limit));
            for (int i = window.position(from); i < until; i++) {
                if (buffer.get(i) != 0) {
                    long offset = window.end() - (window.position(window.end()) - i);
                    return stops(
                            Stop.DAMAGE,
                            offset - at < RecordFormat.HEADER_LENGTH
                                    ? (limit - at) + " bytes, fewer than a record has"
                                    : "zeros, and something else at offset " + offset);
                }
            }
        }
        return stops(Stop.ZEROS, "zeros");
    }

    /** The log ends at {@code at} as it may, unless a batch is open there. */
    private int ends(long at, Stop how, String found) {
        return at == end ? stops(how, found) : stops(Stop.UNFINISHED_BATCH, found + " inside a batch");
    }

    private int stops(Stop how, String found) {
        stop = how;
        reason = found;
        return 0;
    }

    /** What was counted up to some offset. */
    private static final class Tally {
        final Digest digest = new Digest(0);
        long minSequence;
        long maxSequence;
        long records;

        void reset(long segmentId) {
            digest.set(new Digest(segmentId));
            minSequence = Long.MAX_VALUE;
            maxSequence = 0;
            records = 0;
        }

        void set(Tally other) {
            digest.set(other.digest);
            minSequence = other.minSequence;
            maxSequence = other.maxSequence;
            records = other.records;
        }

        void add(long sequence) {
            minSequence = Math.min(minSequence, sequence);
            maxSequence = Math.max(maxSequence, sequence);
            records++;
        }
    }
}
