package io.stave.engine.read;

import io.stave.BlobReader;
import io.stave.StoreIOException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.WritableByteChannel;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A value as its reader sees it, wherever the bytes lie. */
final class ValueChannel implements BlobReader {

    private final ValueSource source;
    private final long version;
    private final @Nullable Instant expiry;
    private long position;
    private boolean open = true;

    ValueChannel(ValueSource source, long version, @Nullable Instant expiry) {
        this.source = source;
        this.version = version;
        this.expiry = expiry;
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public @Nullable Instant expiry() {
        return expiry;
    }

    @Override
    public long size() {
        ensureOpen();
        return source.length();
    }

    @Override
    public long position() {
        ensureOpen();
        return position;
    }

    @Override
    public BlobReader position(long newPosition) {
        ensureOpen();
        position = checkPosition(newPosition);
        return this;
    }

    private static long checkPosition(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("a position is never negative: " + position);
        }
        return position;
    }

    @Override
    public int read(ByteBuffer target) {
        ensureOpen();
        if (position >= source.length()) {
            return -1;
        }
        int before = target.remaining();
        try {
            while (target.hasRemaining() && position < source.length()) {
                int left = target.remaining();
                source.read(target, position);
                position += left - target.remaining();
            }
        } catch (IOException e) {
            throw failed(e);
        }
        return before - target.remaining();
    }

    private static StoreIOException failed(IOException e) {
        return new StoreIOException("a large value cannot be read: " + e.getMessage(), e);
    }

    @Override
    public long transferTo(long from, long count, WritableByteChannel target) throws IOException {
        ensureOpen();
        if (count < 0) {
            throw new IllegalArgumentException("a count is never negative: " + count);
        }
        return source.transferTo(checkPosition(from), count, target);
    }

    @Override
    public InputStream stream() {
        ensureOpen();
        return new Stream();
    }

    @Override
    public int write(ByteBuffer from) {
        throw new NonWritableChannelException();
    }

    @Override
    public BlobReader truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            try {
                source.close();
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }

    private void ensureOpen() {
        if (!open) {
            throw new IllegalStateException("the reader of this value was closed");
        }
    }

    /** The channel as a stream: they share the position. */
    private final class Stream extends InputStream {

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return length == 0 ? 0 : ValueChannel.this.read(ByteBuffer.wrap(target, offset, length));
        }

        @Override
        public long skip(long count) {
            long skipped = Math.max(0, Math.min(count, available(Long.MAX_VALUE)));
            position += skipped;
            return skipped;
        }

        @Override
        public int available() {
            return (int) available(Integer.MAX_VALUE);
        }

        private long available(long most) {
            return Math.min(most, Math.max(0, size() - position));
        }

        @Override
        public void close() {
            ValueChannel.this.close();
        }
    }
}
