package io.stave.engine.blob;

import io.stave.BlobWriter;
import io.stave.StoreClosedException;
import io.stave.blob.BlobOutput;
import io.stave.blob.BlobReference;
import io.stave.engine.blob.BlobCommit.Condition;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A value that is written from front to back. What has come is gathered in a buffer, and goes to a file chunk by chunk when it is clear that the value
 * is long enough for one.
 *
 * <p>Made for one thread; the lock is there for a close of the store that comes in between.
 */
final class StreamWriter implements BlobWriter, Blobs.OpenBlob {

    private static final int FIRST_CAPACITY = 64 * 1024;
    private static final long UNKNOWN = -1;

    private final Blobs blobs;
    private final BlobCommit commit;
    private final BlobTarget target;
    private final int chunkLength;

    // All guarded by this.
    private ByteBuffer buffer;
    private @Nullable BlobOutput output;
    private int chunks;
    private long length;
    private long expected = UNKNOWN;
    private boolean ended;
    private boolean left;

    StreamWriter(Blobs blobs, BlobCommit commit, BlobTarget target, int chunkLength) {
        this.blobs = blobs;
        this.commit = commit;
        this.target = target;
        this.chunkLength = chunkLength;
        this.buffer = ByteBuffer.allocate(Math.min(FIRST_CAPACITY, chunkLength));
        blobs.begun(this);
    }

    @Override
    public synchronized BlobWriter expect(long newLength) {
        ensureGoing();
        if (newLength < length) {
            throw new IllegalArgumentException(
                    newLength + " bytes are expected, and " + length + " were written already");
        }
        try {
            blobs.admit(newLength - length);
        } catch (IOException e) {
            throw blobs.failed("looking for room for a large value", e);
        }
        expected = newLength;
        return this;
    }

    @Override
    public synchronized int write(ByteBuffer source) {
        ensureGoing();
        int count = source.remaining();
        while (source.hasRemaining()) {
            if (!buffer.hasRemaining()) {
                makeRoom();
            }
            int more = Math.min(source.remaining(), buffer.remaining());
            buffer.put(buffer.position(), source, source.position(), more);
            buffer.position(buffer.position() + more);
            source.position(source.position() + more);
            length += more;
        }
        return count;
    }

    /** The buffer is full: makes it longer as long as the value may stay a short one, else writes the chunks in it. */
    private void makeRoom() {
        if (output == null && !(buffer.capacity() >= chunkLength && blobs.takes(length + 1))) {
            ByteBuffer longer = ByteBuffer.allocate((int) Math.min(2L * buffer.capacity(), Integer.MAX_VALUE));
            buffer = longer.put(buffer.flip());
            return;
        }
        writeChunks(chunkLength);
        if (buffer.capacity() > chunkLength) {
            buffer = ByteBuffer.allocate(chunkLength).put(buffer.flip());
        }
    }

    /** Writes what is in the buffer, in chunks, as long as there are {@code least} bytes. */
    private void writeChunks(int least) {
        BlobOutput to = output;
        if (to == null) {
            to = blobs.create(buffer.position());
            output = to;
        }
        buffer.flip();
        try {
            while (buffer.remaining() >= Math.max(1, least)) {
                int chunk = Math.min(chunkLength, buffer.remaining());
                blobs.admit(chunk);
                int unused = to.write(chunks, buffer.slice(buffer.position(), chunk));
                chunks++;
                buffer.position(buffer.position() + chunk);
            }
        } catch (IOException e) {
            throw blobs.failed("writing a large value", e);
        } finally {
            buffer.compact();
        }
    }

    @Override
    public OutputStream stream() {
        return new OutputStream() {
            @Override
            public void write(int one) {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int count) {
                int unused = StreamWriter.this.write(ByteBuffer.wrap(bytes, offset, count));
            }

            @Override
            public void close() {
                StreamWriter.this.close();
            }
        };
    }

    @Override
    public synchronized long length() {
        ensureGoing();
        return length;
    }

    @Override
    public long commit() {
        return commit(Condition.NONE);
    }

    @Override
    public long commitIf(long expectedVersion) {
        return commit(Condition.version(expectedVersion));
    }

    private synchronized long commit(Condition condition) {
        ensureGoing();
        if (expected != UNKNOWN && expected != length) {
            throw new IllegalStateException(
                    expected + " bytes were expected, and " + length + " were written: write the others, or abort");
        }
        if (output == null && !blobs.takes(length)) {
            long version = commit.put(target, buffer.duplicate().flip(), condition);
            end();
            return version;
        }
        writeChunks(1);
        BlobReference blob = finish();
        // From here on the file belongs to the record, if there comes to be one.
        output = null;
        end();
        return blobs.commit(target, blob, condition);
    }

    private BlobReference finish() {
        BlobOutput whole = output;
        if (whole == null) {
            throw new IllegalStateException("a long value has no file");
        }
        try (whole) {
            return whole.finish(length);
        } catch (IOException e) {
            throw blobs.failed("completing a large value", e);
        }
    }

    @Override
    public synchronized void abort() {
        BlobOutput begun = output;
        if (begun != null) {
            output = null;
            blobs.close(begun);
            blobs.delete(begun.id());
        }
        end();
    }

    private void end() {
        ended = true;
        buffer = ByteBuffer.allocate(0);
        blobs.ended(this);
    }

    @Override
    public void close() {
        abort();
    }

    @Override
    public synchronized boolean isOpen() {
        return !ended;
    }

    @Override
    public synchronized void leave() {
        left = true;
        abort();
    }

    private void ensureGoing() {
        if (left) {
            throw new StoreClosedException();
        }
        if (ended) {
            throw new IllegalStateException("the writer of this value was committed, aborted or closed");
        }
    }
}
