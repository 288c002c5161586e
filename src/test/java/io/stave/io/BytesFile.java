package io.stave.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that is an array, for tests that read what they have just damaged. */
public final class BytesFile implements ReadableFile {

    private final String name;
    private final byte[] bytes;
    private long claimed;

    public BytesFile(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
        this.claimed = bytes.length;
    }

    /** Makes {@link #length} say something else than what can be read: the file became shorter since. */
    public BytesFile claiming(long length) {
        claimed = length;
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long length() {
        return claimed;
    }

    @Override
    public int read(ByteBuffer target, long position) {
        if (position >= bytes.length) {
            return 0;
        }
        int n = (int) Math.min(target.remaining(), bytes.length - position);
        target.put(bytes, (int) position, n);
        return n;
    }

    @Override
    public Mapping map(long length) throws IOException {
        throw new IOException(name + ": formats are never read through a mapping");
    }

    @Override
    public void close() {}
}
