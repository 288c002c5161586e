package io.stave.engine.read;

import io.stave.CorruptionException;
import io.stave.blob.BlobFile;
import io.stave.blob.BlobReference;
import io.stave.engine.base.Notices;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** The value in a blob. Keeps the chunk that was read last, verified, and no other. */
final class ChunkSource implements ValueSource {

    private static final int NONE = -1;

    private final BlobFile blob;
    private final BlobReference reference;
    private final Notices notices;
    private ByteBuffer chunk = ByteBuffer.allocate(0);
    private int index = NONE;

    ChunkSource(BlobFile blob, Notices notices) {
        this.blob = blob;
        this.reference = blob.reference();
        this.notices = notices;
    }

    @Override
    public long length() {
        return reference.length();
    }

    @Override
    public void read(ByteBuffer target, long position) throws IOException {
        int wanted = (int) (position / reference.chunkLength());
        if (wanted != index) {
            load(wanted);
        }
        int from = (int) (position % reference.chunkLength());
        int length = Math.min(target.remaining(), chunk.limit() - from);
        target.put(target.position(), chunk, from, length);
        target.position(target.position() + length);
    }

    private void load(int wanted) throws IOException {
        index = NONE;
        if (chunk.capacity() == 0) {
            chunk = ByteBuffer.allocate(reference.chunkLength(0));
        }
        chunk.clear();
        try {
            blob.read(wanted, chunk);
        } catch (CorruptionException e) {
            throw notices.corruption(e);
        }
        chunk.flip();
        index = wanted;
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return blob.transferTo(position, count, target);
    }

    @Override
    public void close() throws IOException {
        blob.close();
    }
}
