package io.stave.segment;

import io.stave.io.BytesFile;
import io.stave.io.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Builds the bytes of a segment, record by record, and remembers what a walk over it must show. */
final class SegmentImage {

    static final StoreId STORE = new StoreId(0x0123456789ABCDEFL, 0x0FEDCBA987654321L);
    static final SegmentHeader HEADER = new SegmentHeader(STORE, 7, 1, 0);

    /** A record as a visitor saw it; keys and values as one character a byte. */
    record Seen(long offset, int length, int kind, int flags, long sequence, long expiry, String key, String value) {

        static Seen of(RecordCursor r) {
            return new Seen(
                    r.offset(),
                    r.length(),
                    r.kind(),
                    r.flags(),
                    r.sequence(),
                    r.expiry(),
                    text(r.key()),
                    text(r.value()));
        }

        boolean continues() {
            return (flags & RecordFormat.CONTINUES) != 0;
        }

        long end() {
            return offset + length;
        }
    }

    final SegmentHeader header;
    final Digest digest;
    final List<Seen> records = new ArrayList<>();

    private ByteBuffer bytes = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    private int end;
    private long sequence;
    private long certified;

    SegmentImage() {
        this(HEADER);
    }

    SegmentImage(SegmentHeader header) {
        this.header = header;
        this.digest = new Digest(header.segmentId());
        this.sequence = header.baseSequence() - 1;
        bytes.put(0, header.encode(), 0, SegmentHeader.LENGTH);
        end = SegmentHeader.LENGTH;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    SegmentImage put(String key, String value) {
        return add(RecordFormat.PUT, 0, ++sequence, 0, key, value);
    }

    SegmentImage putInBatch(String key, String value) {
        return add(RecordFormat.PUT, RecordFormat.CONTINUES, ++sequence, 0, key, value);
    }

    SegmentImage delete(String key) {
        return add(RecordFormat.TOMBSTONE, 0, ++sequence, 0, key, "");
    }

    SegmentImage add(int kind, int flags, String key, String value) {
        return add(kind, flags, ++sequence, 0, key, value);
    }

    SegmentImage add(int kind, int flags, long itsSequence, long expiry, String key, String value) {
        int length = RecordFormat.length(key.length(), value.length(), (flags & RecordFormat.EXPIRY) != 0);
        int at = reserve(length);
        RecordFormat.putHeader(bytes, at, kind, flags, itsSequence, key.length(), value.length());
        if ((flags & RecordFormat.EXPIRY) != 0) {
            RecordFormat.putExpiry(bytes, at, expiry);
        }
        bytes.put(RecordFormat.keyOffset(at, flags), bytes(key));
        bytes.put(RecordFormat.valueOffset(at, flags, key.length()), bytes(value));
        seal(at, length);
        long itsExpiry = (flags & RecordFormat.EXPIRY) != 0 ? expiry : 0;
        records.add(new Seen(at, length, kind, flags, itsSequence, itsExpiry, key, value));
        sequence = Math.max(sequence, itsSequence);
        return this;
    }

    SegmentImage certificate(long offset) {
        int at = reserve(RecordFormat.CERTIFICATE_LENGTH);
        RecordFormat.certificate(bytes, at, offset);
        seal(at, RecordFormat.CERTIFICATE_LENGTH);
        certified = Math.max(certified, offset);
        return this;
    }

    SegmentImage link(long predecessorLength) {
        int at = reserve(SegmentLink.LENGTH);
        RecordFormat.link(bytes, at, predecessorLength);
        seal(at, SegmentLink.LENGTH);
        return this;
    }

    /** Appends bytes that are no record. */
    SegmentImage raw(byte[] more) {
        int at = reserve(more.length);
        bytes.put(at, more);
        return this;
    }

    int end() {
        return end;
    }

    long certified() {
        return certified;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes.array(), end);
    }

    /** The end of the last complete batch or certificate that lies wholly below {@code limit}. */
    long boundary(long limit, List<Long> ends) {
        return ends.stream().filter(e -> e <= limit).reduce(Long.valueOf(SegmentHeader.LENGTH), Math::max);
    }

    /** The records of complete batches that lie wholly below {@code limit}. */
    List<Seen> completeBelow(long limit) {
        List<Seen> complete = new ArrayList<>();
        List<Seen> batch = new ArrayList<>();
        for (Seen record : records) {
            if (record.end() > limit) {
                break;
            }
            batch.add(record);
            if (!record.continues()) {
                complete.addAll(batch);
                batch.clear();
            }
        }
        return complete;
    }

    /** Walks over {@code file} as a segment that was appended to, up to its end. */
    ScanResult scan(byte[] file, List<Seen> seen) throws IOException {
        return scan(file, file.length, true, seen);
    }

    ScanResult scan(byte[] file, long limit, boolean increasing, List<Seen> seen) throws IOException {
        return new SegmentScanner().scan(file(file), header, limit, increasing, r -> seen.add(Seen.of(r)));
    }

    BytesFile file(byte[] content) {
        return new BytesFile(SegmentNames.segment(header.segmentId()), content);
    }

    private int reserve(int length) {
        while (bytes.capacity() < end + length) {
            bytes = ByteBuffer.wrap(Arrays.copyOf(bytes.array(), 2 * bytes.capacity()))
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
        int at = end;
        end += length;
        return at;
    }

    private void seal(int at, int length) {
        digest.add(RecordFormat.seal(bytes, at, length, RecordFormat.mask(header.storeId(), header.segmentId(), at)));
    }
}
