package io.stave.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file of the real file system, open for writing. */
final class RealWritableFile implements WritableFile {
    private final String name;
    private final PositionalChannel channel;

    RealWritableFile(String name, PositionalChannel channel) {
        this.name = name;
        this.channel = channel;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        channel.write(source, position);
    }

    @Override
    public void extend(long length) throws IOException {
        if (channel.length() < length) {
            channel.write(ByteBuffer.allocate(1), length - 1); // Java has no other way to set a larger length
        }
    }

    @Override
    public void force() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
