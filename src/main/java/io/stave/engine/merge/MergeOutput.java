package io.stave.engine.merge;

import io.stave.engine.space.DiskSpace;
import io.stave.hint.HintNotes;
import io.stave.hint.HintWriter;
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
import java.util.function.Consumer;

/**
 * One output segment of a merge: records copied behind each other through a buffer, their checksums made anew for where they lie now.
 *
 * <p>No manifest lists the file until the merge commits, so whatever happens before never happened. Not thread-safe.
 */
final class MergeOutput implements Closeable {

    private static final int BUFFER = 1 << 20;

    private final StoreId storeId;
    private final long id;
    private final WritableFile file;
    private final DiskSpace space;
    private final Digest digest;
    private final EarlyForce early;
    private final HintNotes notes;
    private ByteBuffer buffer;
    private long written;
    private long minSequence = Long.MAX_VALUE;
    private long maxSequence;
    private long hintBytes;
    private long records;
    private boolean distinctKeys = true;

    /**
     * An output that is whole.
     *
     * @param listed how the MANIFEST is to list it
     * @param hintBytes the bytes that its records take in a hint, or a little more
     * @param records how many it has
     * @param distinctKeys whether no two are known to be of one key: a key has one live record in all inputs, but a tombstone may lie beside
     *     that or others
     * @param notes what goes into the hint; belongs to whoever asked for the output
     */
    record Made(ListedSegment listed, long hintBytes, long records, boolean distinctKeys, HintNotes notes) {}

    private MergeOutput(
            StoreId storeId,
            long id,
            WritableFile file,
            DiskSpace space,
            Consumer<Throwable> failed,
            HintNotes notes,
            ByteBuffer buffer) {
        this.storeId = storeId;
        this.id = id;
        this.file = file;
        this.space = space;
        this.notes = notes;
        this.buffer = buffer;
        this.digest = new Digest(id);
        this.early = new EarlyForce(file, failed);
    }

    /**
     * Creates the file with its header.
     *
     * @param failed is told of a force beside the copying that failed
     * @param notes takes down what goes into the hint
     */
    static MergeOutput create(
            StoreDirectory directory,
            StoreId storeId,
            long id,
            DiskSpace space,
            Consumer<Throwable> failed,
            HintNotes notes)
            throws IOException {
        // First: there may be no memory for it.
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(new SegmentHeader(storeId, id, 0, 0).encode());
        WritableFile file = directory.create(SegmentNames.segment(id));
        return new MergeOutput(storeId, id, file, space, failed, notes, buffer);
    }

    /** The bytes so far. */
    long length() {
        return written + buffer.position();
    }

    /** Appends a copy of a verified record; it stands alone now, whatever batch it came in (I5). */
    void append(RecordCursor record) throws IOException {
        int length = record.length();
        int at = reserve(length);
        buffer.put(at, record.buffer(), record.position(), length);
        RecordFormat.putFlags(buffer, at, record.flags() & ~RecordFormat.CONTINUES);
        note(at, record.kind(), record.flags(), length, record);
        seal(at, length, record);
    }

    /** Appends a tombstone with the key and the sequence of a verified record, in its place; it is not longer than that one. */
    void appendTombstone(RecordCursor record) throws IOException {
        int keyLength = record.keyLength();
        int length = RecordFormat.length(keyLength, 0, false);
        int at = reserve(length);
        distinctKeys = false;
        RecordFormat.putHeader(buffer, at, RecordFormat.TOMBSTONE, 0, record.sequence(), keyLength, 0);
        buffer.put(RecordFormat.keyOffset(at, 0), record.buffer(), record.keyPosition(), keyLength);
        note(at, RecordFormat.TOMBSTONE, 0, length, record);
        seal(at, length, record);
    }

    private void note(int at, int kind, int flags, int length, RecordCursor record) {
        notes.add(
                kind,
                flags,
                record.sequence(),
                written + at,
                length,
                record.expiry(),
                record.buffer(),
                record.keyPosition(),
                record.keyLength());
    }

    /** Makes room for a record; returns where it goes in the buffer. */
    private int reserve(int length) throws IOException {
        if (buffer.remaining() < length) {
            flush(length);
            early.written(written);
        }
        return buffer.position();
    }

    private void seal(int at, int length, RecordCursor record) {
        long sequence = record.sequence();
        digest.add(RecordFormat.seal(buffer, at, length, RecordFormat.mask(storeId, id, written + at)));
        buffer.position(at + length);
        minSequence = Math.min(minSequence, sequence);
        maxSequence = Math.max(maxSequence, sequence);
        records++;
        hintBytes += HintWriter.bytesFor(record.keyLength(), record.hasExpiry());
    }

    /** Hands the buffer to the operating system, and makes room for {@code next} bytes. */
    private void flush(int next) throws IOException {
        buffer.flip();
        int bytes = buffer.limit();
        space.makeRoomForCopies(bytes);
        file.write(buffer, written);
        space.copied(bytes);
        written += bytes;
        if (next > buffer.capacity()) {
            buffer = ByteBuffer.allocateDirect(next).order(ByteOrder.LITTLE_ENDIAN);
        }
        buffer.clear();
    }

    /** Writes what is left and forces the file. */
    Made finish() throws IOException {
        flush(0);
        early.await();
        file.force();
        ListedSegment listed = ListedSegment.sealed(storeId, id, written, digest.value(), minSequence, maxSequence);
        return new Made(listed, hintBytes, records, distinctKeys, notes);
    }

    @Override
    public void close() throws IOException {
        early.end();
        file.close();
    }
}
