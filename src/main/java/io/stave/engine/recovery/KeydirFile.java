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
import io.stave.keydir.CompactKeydir;
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

    /** Tables are written, and read, so many bytes at a time, or one by one if they are longer. */
    static final int CHUNK = 1 << 20;

    private final StoreDirectory directory;
    private final StoreLog log;
    private final CompactKeydir keydir;
    private final KeydirIndex index;

    /** For a keydir and segments that nobody changes any more. */
    public KeydirFile(StoreDirectory directory, CompactKeydir keydir, List<Segment> segments) {
        this.directory = directory;
        this.log = new StoreLog(directory.path());
        this.keydir = keydir;
        this.index = KeydirIndex.of(keydir, segments);
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
            return space.roomToSpare(index.fileLength()) ? write(storeId, generation) : Manifest.NO_KEYDIR;
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
            writeTables(file);
            ByteBuffer encoded = index.encode(storeId, generation);
            file.write(encoded.duplicate(), 0);
            file.force();
            return KeydirIndex.checksum(encoded);
        }
    }

    private void writeTables(WritableFile file) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, index.fileLength() - index.tables()));
        long position = index.tables();
        for (int i = 0; i < CompactKeydir.stripes(); i++) {
            ByteBuffer table = keydir.bytes(i);
            CRC32C crc = new CRC32C();
            crc.update(table.duplicate());
            index.setChecksum(i, (int) crc.getValue());
            if (table.remaining() > chunk.remaining()) {
                position = flush(file, chunk, position);
            }
            if (table.remaining() > chunk.remaining()) {
                int bytes = table.remaining();
                file.write(table, position);
                position += bytes;
            } else {
                chunk.put(table);
            }
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
