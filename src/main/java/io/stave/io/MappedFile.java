package io.stave.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The first bytes of a file as its mapping shows them, for those who read by position: it goes on giving them when the file
 * has lost its name. What is read is a copy, which may be given to a checksum intrinsic (I9). Closing it leaves the mapping
 * as it is; the owner of the mapping keeps it meanwhile.
 */
public final class MappedFile implements ReadableFile {

    private final String name;
    private final Mapping mapping;

    /**
     * Reads through a mapping.
     *
     * @param name the name of the file
     * @param mapping what shows its first bytes
     */
    public MappedFile(String name, Mapping mapping) {
        this.name = name;
        this.mapping = mapping;
    }

    @Override
    public String name() {
        return name;
    }

    /** {@inheritDoc} As far as it is mapped. */
    @Override
    public long length() {
        return mapping.buffer().capacity();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        ByteBuffer bytes = mapping.buffer();
        int length = (int) Math.min(target.remaining(), Math.max(0, bytes.capacity() - position));
        if (length == 0) {
            return 0;
        }
        try {
            target.put(target.position(), bytes, (int) position, length);
        } catch (InternalError e) {
            throw new IOException(
                    name + ": the " + length + " bytes at offset " + position
                            + " cannot be read; the disk failed or somebody truncated the file",
                    e);
        }
        target.position(target.position() + length);
        return length;
    }

    /** Not to be called: it is a mapping already. */
    @Override
    public Mapping map(long length) {
        throw new UnsupportedOperationException(name + " is mapped already");
    }

    @Override
    public void close() {}
}
