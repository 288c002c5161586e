package io.stave.engine.support;

import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreId;
import io.stave.manifest.ListedSegment;
import io.stave.segment.Digest;
import io.stave.segment.RecordFormat;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentLink;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A segment file written by hand. */
public final class LogFile {

    public static final StoreId STORE = new StoreId(0x1111222233334444L, 0x5555666677778888L);

    private final SegmentHeader header;
    private final Digest digest;
    private ByteBuffer bytes = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
    private long minSequence = Long.MAX_VALUE;
    private long maxSequence;

    public LogFile(long id, long baseSequence) {
        this(id, baseSequence, 0, 0);
    }

    public LogFile(long id, long baseSequence, long predecessor, long predecessorLength) {
        this.header = new SegmentHeader(STORE, id, baseSequence, predecessor);
        this.digest = new Digest(id);
        bytes.put(header.encode());
        if (predecessorLength > 0) {
            ByteBuffer link = SegmentLink.encode(header, predecessorLength);
            digest.add(RecordFormat.storedChecksum(link, 0));
            bytes.put(link);
        }
    }

    /** The log goes on from {@code predecessor}. */
    public static LogFile after(LogFile predecessor, long id, long baseSequence) {
        return new LogFile(id, baseSequence, predecessor.header.segmentId(), predecessor.end());
    }

    public LogFile put(long sequence, String key, String value) {
        return record(RecordFormat.PUT, 0, sequence, key, value);
    }

    public LogFile tombstone(long sequence, String key) {
        return record(RecordFormat.TOMBSTONE, 0, sequence, key, "");
    }

    /** A put with more of its batch to come. */
    public LogFile putOfBatch(long sequence, String key, String value) {
        return record(RecordFormat.PUT, RecordFormat.CONTINUES, sequence, key, value);
    }

    private LogFile record(int kind, int flags, long sequence, String key, String value) {
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        byte[] valueBytes = value.getBytes(StandardCharsets.UTF_8);
        int length = RecordFormat.length(keyBytes.length, valueBytes.length, false);
        room(length);
        int at = end();
        RecordFormat.putHeader(bytes, at, kind, flags, sequence, keyBytes.length, valueBytes.length);
        bytes.put(RecordFormat.keyOffset(at, flags), keyBytes);
        bytes.put(RecordFormat.valueOffset(at, flags, keyBytes.length), valueBytes);
        seal(at, length);
        minSequence = Math.min(minSequence, sequence);
        maxSequence = Math.max(maxSequence, sequence);
        return this;
    }

    public LogFile certificate(long offset) {
        room(RecordFormat.CERTIFICATE_LENGTH);
        int at = end();
        RecordFormat.certificate(bytes, at, offset);
        seal(at, RecordFormat.CERTIFICATE_LENGTH);
        return this;
    }

    /** Certifies all so far. */
    public LogFile certificate() {
        return certificate(end());
    }

    private void seal(int at, int length) {
        digest.add(RecordFormat.seal(bytes, at, length, RecordFormat.mask(STORE, header.segmentId(), at)));
        bytes.position(at + length);
    }

    /** Bytes that are no record. */
    public LogFile raw(int count, int value) {
        room(count);
        byte[] raw = new byte[count];
        Arrays.fill(raw, (byte) value);
        bytes.put(raw);
        return this;
    }

    /** Flips a bit of the byte at {@code offset}. */
    public LogFile damage(int offset) {
        bytes.put(offset, (byte) (bytes.get(offset) ^ 0x10));
        return this;
    }

    private void room(int count) {
        if (bytes.remaining() < count) {
            ByteBuffer longer =
                    ByteBuffer.allocate(2 * (bytes.capacity() + count)).order(ByteOrder.LITTLE_ENDIAN);
            bytes = longer.put(bytes.flip());
        }
    }

    /** Where the next byte goes. */
    public int end() {
        return bytes.position();
    }

    public long id() {
        return header.segmentId();
    }

    public String name() {
        return SegmentNames.segment(header.segmentId());
    }

    byte[] content() {
        return Arrays.copyOf(bytes.array(), end());
    }

    public LogFile saveTo(SimulatedDirectory directory) {
        directory.damage(name(), content());
        return this;
    }

    public LogFile saveTo(Path directory) throws IOException {
        Files.write(directory.resolve(name()), content());
        return this;
    }

    public ListedSegment active() {
        return ListedSegment.active(header.storeId(), header.segmentId(), header.baseSequence());
    }

    public ListedSegment sealed() {
        return ListedSegment.sealed(
                header.storeId(), header.segmentId(), end(), digest.value(), minSequence, maxSequence);
    }
}
