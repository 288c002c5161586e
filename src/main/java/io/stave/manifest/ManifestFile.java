package io.stave.manifest;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.io.FileHeader;
import io.stave.io.ForceFailedException;
import io.stave.io.NoSpaceException;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.WritableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads the MANIFEST of a store directory, and replaces it in one atomic step. */
public final class ManifestFile {

    /** The file name. */
    public static final String NAME = "MANIFEST";

    /** The name under which the next one is written; a file of that name is the leftover of an install that never happened. */
    public static final String TEMPORARY_NAME = "MANIFEST.tmp";

    private ManifestFile() {}

    /**
     * Reads the MANIFEST; changes nothing.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws CorruptionException if it does not verify
     * @throws FormatVersionException if a newer release wrote it
     */
    public static Manifest read(StoreDirectory directory) throws IOException {
        try (ReadableFile file = directory.open(NAME)) {
            // The header verifies, and the file is as long as it announces, before memory is taken for it.
            ByteBuffer header = FileHeader.read(file, ManifestFormat.MAGIC, ManifestFormat.VERSION);
            int count = ManifestFormat.count(header);
            int origins = ManifestFormat.origins(header);
            long announced = ManifestFormat.length(count, origins);
            long length = file.length();
            if (length != announced || !ManifestFormat.possible(count, origins)) {
                throw new CorruptionException(
                        NAME,
                        Math.min(length, announced),
                        announced + " bytes for " + Integer.toUnsignedString(count) + " segments",
                        length + " bytes");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
            file.read(bytes, 0);
            return ManifestFormat.decode(bytes.flip(), NAME);
        }
    }

    /**
     * Tells whether {@code manifest} is the one in place; reads the header only.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws CorruptionException if its header does not verify, or it is another store's
     * @throws FormatVersionException if a newer release wrote it
     */
    public static boolean isCurrent(StoreDirectory directory, Manifest manifest) throws IOException {
        try (ReadableFile file = directory.open(NAME)) {
            ByteBuffer header = FileHeader.read(file, ManifestFormat.MAGIC, ManifestFormat.VERSION);
            long generation = FileHeader.id(header);
            FileHeader.verifyIdentity(header, NAME, manifest.storeId(), generation);
            return generation == manifest.generation();
        }
    }

    /** Returns the bytes of a MANIFEST that lists so many segments, all of them the store's own. */
    public static long length(int segments) {
        return ManifestFormat.length(segments, 0);
    }

    /**
     * Makes {@code manifest} the MANIFEST: writes it beside the present one, forces it, renames it over that one and forces the directory.
     * When this returns, it is durable; when it throws, either one may be found after a crash.
     *
     * @throws ForceFailedException if nobody can say which one is in place: the store must not be written to, and neither may miss a file (I8)
     * @throws IOException if the present one is still in place, for certain
     */
    public static void install(StoreDirectory directory, Manifest manifest) throws IOException {
        ByteBuffer bytes = ManifestFormat.encode(manifest);
        assert ManifestFormat.decode(bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN), NAME)
                .equals(manifest);
        directory.delete(TEMPORARY_NAME);
        try (WritableFile file = directory.create(TEMPORARY_NAME)) {
            file.write(bytes, 0);
            file.force();
        } catch (NoSpaceException e) {
            removeRest(directory, e);
            throw e;
        }
        rename(directory);
        directory.forceNames();
    }

    /** Where there is no room, what was written of it would take room from others. */
    private static void removeRest(StoreDirectory directory, NoSpaceException cause) {
        try {
            directory.delete(TEMPORARY_NAME);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** A rename that fails may have happened all the same, but not for want of room. */
    private static void rename(StoreDirectory directory) throws IOException {
        try {
            directory.rename(TEMPORARY_NAME, NAME);
        } catch (NoSpaceException e) {
            throw e;
        } catch (IOException e) {
            throw new ForceFailedException(NAME, e);
        }
    }
}
