package io.stave.cli.data;

import io.stave.BlobReader;
import io.stave.CorruptionException;
import io.stave.ReadOnlyStave;
import io.stave.Stave;
import io.stave.StoreIOException;
import io.stave.cli.command.Failed;
import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Values that are too long to be held in memory. */
final class LargeValues {

    private static final int PIECE = 1 << 18;

    private LargeValues() {}

    /** Whether a value is not to be held in memory. */
    static boolean isLarge(long length) {
        return length > Stave.MAX_VALUE_LENGTH;
    }

    /** Opens the value of a key, of the moment that is shown or of a later one, if that has been given up since; null if the key is absent. */
    static @Nullable BlobReader open(ReadOnlyStave store, byte[] key) {
        while (true) {
            try {
                return store.openReader(key);
            } catch (StoreIOException e) {
                if (!store.refresh()) {
                    throw e;
                }
            }
        }
    }

    /**
     * Copies all of a stream to standard output.
     *
     * @throws Failed if nobody reads that any more
     */
    static void copy(InputStream from, OutputStream to, Terminal terminal) throws IOException {
        byte[] piece = new byte[PIECE];
        for (int count = from.read(piece); count >= 0; count = from.read(piece)) {
            to.write(piece, 0, count);
            if (terminal.out().checkError()) {
                throw new Failed(ExitCode.FAILED, "the value is not complete: nobody reads standard output any more");
            }
        }
    }

    /**
     * Reads all of a stream, to know that it can be read.
     *
     * @throws CorruptionException if a chunk does not verify
     */
    static void verify(InputStream in) throws IOException {
        long unused = in.transferTo(OutputStream.nullOutputStream());
    }
}
