package io.stave.engine.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A value that was short enough to be copied whole. */
final class ArraySource implements ValueSource {

    private final byte[] value;

    ArraySource(byte[] value) {
        this.value = value;
    }

    @Override
    public long length() {
        return value.length;
    }

    @Override
    public void read(ByteBuffer target, long position) {
        target.put(value, (int) position, (int) Math.min(target.remaining(), value.length - position));
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        if (position >= value.length) {
            return 0;
        }
        return target.write(ByteBuffer.wrap(value, (int) position, (int) Math.min(count, value.length - position)));
    }

    @Override
    public void close() {}
}
