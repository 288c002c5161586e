package io.stave.cli.tour;

import io.stave.Stave;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.zip.CRC32C;

/** What a file holds, in the two versions that the store gets to see. */
final class Content {

    private Content() {}

    /**
     * Reads a file as it is on disk.
     *
     * @throws IOException if it cannot be read, or has grown beyond what a value can hold
     */
    static byte[] read(TourFile file) throws IOException {
        try (InputStream source = Files.newInputStream(file.path())) {
            byte[] bytes = source.readNBytes(Stave.MAX_VALUE_LENGTH + 1);
            if (bytes.length > Stave.MAX_VALUE_LENGTH) {
                throw new IOException(file.name() + " has grown beyond what a value can hold");
            }
            return bytes;
        }
    }

    /** Makes the first version of a file that is to be overwritten: every bit differs, and of an empty file the length. */
    static byte[] draft(byte[] bytes) {
        byte[] draft = new byte[Math.max(1, bytes.length)];
        for (int i = 0; i < bytes.length; i++) {
            draft[i] = (byte) ~bytes[i];
        }
        return draft;
    }

    /** Sums up what was put, to be able to tell a wrong value from a file that has changed on disk since. */
    static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
