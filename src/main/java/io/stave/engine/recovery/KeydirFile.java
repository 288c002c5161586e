package io.stave.engine.recovery;

import io.stave.StaveException;
import io.stave.engine.base.Failures;
import io.stave.engine.base.Health;
import io.stave.engine.base.StoreLog;
import io.stave.engine.space.DiskSpace;
import io.stave.io.ForceFailedException;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import io.stave.io.WritableFile;
import io.stave.keydir.Keydir;
import io.stave.keydir.KeydirImage;
import io.stave.manifest.Manifest;
import io.stave.segment.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes the file in which a clean close leaves the keydir, so that the next open need not read any hint. Like a hint it is advice: where it is
 * missing, or anything about it is wrong, the hints are read.
 *
 * <p>The file is forced before the last MANIFEST names its checksum, and no other MANIFEST does: so one that a crash left behind, or one that is older
 * than the store, is not looked at.
 */
public final class KeydirFile {

    /** The file name. */
    public static final String NAME = Manifest.KEYDIR_FILE;

    /** Parts are written so many bytes at a time, and read so, or one by one if they are longer. */
    static final int CHUNK = 1 << 20;

    private final StoreDirectory directory;
    private final StoreLog log;
    private final KeydirImage keydir;
    private final KeydirIndex index;

    /** For a keydir and segments that nobody changes any more. */
    public KeydirFile(StoreDirectory directory, Keydir keydir, List<Segment> segments) {
        this.directory = directory;
        this.log = new StoreLog(directory.path());
        this.keydir = keydir.image();
        this.index = KeydirIndex.of(this.keydir, segments);
    }

    /**
     * Writes and forces the file, in place of an older one, if there is room for it. Its name is forced with that of the MANIFEST.
     *
     * @param generation of the MANIFEST that will vouch for it
     * @return the checksum by which that does so; {@link Manifest#NO_KEYDIR} if it could not be written, which is no harm
     * @throws StaveException if it could not be forced (I8)
     */
    public int leave(StoreId storeId, long generation, DiskSpace space, Health health) {
        try {
            return index.fits() && space.roomToSpare(index.fileLength())
                    ? write(storeId, generation)
                    : Manifest.NO_KEYDIR;
        } catch (ForceFailedException e) {
            throw Failures.translate("leaving " + NAME + " in " + directory.path(), e, health);
        } catch (IOException e) {
            log.warn(
                    "closed without " + NAME + ": " + e.getMessage()
                            + ". Nothing is lost, but the next open has to read the hints; see to the disk.",
                    e);
            removeRest();
            return Manifest.NO_KEYDIR;
        }
    }

    /** What was written of it would take room; the next open deletes it too. */
    private void removeRest() {
        try {
            boolean unused = directory.delete(NAME);
        } catch (IOException e) {
            log.debug("a part of " + NAME + " is left", e);
        }
    }

    int write(StoreId storeId, long generation) throws IOException {
        boolean unused = directory.delete(NAME);
        try (WritableFile file = directory.create(NAME)) {
            writeParts(file);
            ByteBuffer encoded = index.encode(storeId, generation);
            file.write(encoded.duplicate(), 0);
            file.force();
            return KeydirIndex.checksum(encoded);
        }
    }

    /** Copies before it computes checksums: readers may be at work in a part, and leave marks there. */
    private void writeParts(WritableFile file) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, index.fileLength() - index.header()));
        long position = index.header();
        for (int i = 0; i < index.parts(); i++) {
            ByteBuffer part = keydir.bytes(i);
            CRC32C crc = new CRC32C();
            while (part.hasRemaining()) {
                int bytes = Math.min(part.remaining(), chunk.remaining());
                int from = chunk.position();
                chunk.put(from, part, part.position(), bytes).position(from + bytes);
                part.position(part.position() + bytes);
                crc.update(chunk.array(), from, bytes);
                if (!chunk.hasRemaining()) {
                    position = flush(file, chunk, position);
                }
            }
            index.setChecksum(i, (int) crc.getValue());
        }
        long unused = flush(file, chunk, position);
    }

    /** Writes what has come together; returns where to go on. */
    private static long flush(WritableFile file, ByteBuffer chunk, long position) throws IOException {
        int bytes = chunk.flip().remaining();
        if (bytes > 0) {
            file.write(chunk, position);
        }
        chunk.clear();
        return position + bytes;
    }
}
