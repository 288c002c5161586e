package io.stave.engine.repair;

import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import io.stave.io.WritableFile;
import io.stave.manifest.ListedSegment;
import io.stave.segment.Digest;
import io.stave.segment.RecordCursor;
import io.stave.segment.RecordFormat;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A new segment made of what was saved of a damaged one: sequences kept, each record standing alone and sealed anew for where it lies now. */
final class SalvagedSegment implements Closeable {

    private final StoreId storeId;
    private final long id;
    private final WritableFile file;
    private final Digest digest;
    private ByteBuffer buffer = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    private long written;
    private long minSequence = Long.MAX_VALUE;
    private long maxSequence;

    private SalvagedSegment(StoreId storeId, long id, WritableFile file) {
        this.storeId = storeId;
        this.id = id;
        this.file = file;
        this.digest = new Digest(id);
    }

    /** Creates the file, which no MANIFEST lists yet. */
    static SalvagedSegment create(StoreDirectory directory, StoreId storeId, long id) throws IOException {
        SalvagedSegment segment = new SalvagedSegment(storeId, id, directory.create(SegmentNames.segment(id)));
        segment.buffer.put(new SegmentHeader(storeId, id, 0, 0).encode());
        return segment;
    }

    /** Appends a copy of a record. */
    void append(RecordCursor record) throws IOException {
        int at = reserve(record.length());
        buffer.put(at, record.buffer(), record.position(), record.length());
        RecordFormat.putFlags(buffer, at, record.flags() & ~RecordFormat.CONTINUES);
        seal(at, record.length(), record.sequence());
    }

    /** Appends a tombstone of this sequence: of a record of which only the hint is left. */
    void appendTombstone(byte[] key, long sequence) throws IOException {
        int length = RecordFormat.length(key.length, 0, false);
        int at = reserve(length);
        RecordFormat.putHeader(buffer, at, RecordFormat.TOMBSTONE, 0, sequence, key.length, 0);
        buffer.put(RecordFormat.keyOffset(at, 0), key);
        seal(at, length, sequence);
    }

    private int reserve(int length) throws IOException {
        if (buffer.remaining() < length) {
            flush();
            if (buffer.capacity() < length) {
                buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            }
        }
        return buffer.position();
    }

    private void seal(int at, int length, long sequence) {
        digest.add(RecordFormat.seal(buffer, at, length, RecordFormat.mask(storeId, id, written + at)));
        buffer.position(at + length);
        minSequence = Math.min(minSequence, sequence);
        maxSequence = Math.max(maxSequence, sequence);
    }

    private void flush() throws IOException {
        int bytes = buffer.flip().remaining();
        file.write(buffer, written);
        written += bytes;
        buffer.clear();
    }

    /** Whether it holds no record. */
    boolean isEmpty() {
        return maxSequence == 0;
    }

    /** Writes what is left and forces the file; returns how the MANIFEST is to list it. */
    ListedSegment finish() throws IOException {
        flush();
        file.force();
        return ListedSegment.sealed(storeId, id, written, digest.value(), minSequence, maxSequence);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
