package io.stave.cli.tour;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A file that goes through the tour.
 *
 * @param name its path below the folder, with {@code /} on every system: the key
 * @param path where it is
 * @param length in bytes, when the folder was read
 */
record TourFile(String name, Path path, long length) {

    /** The key it has in the store. */
    byte[] key() {
        return name.getBytes(StandardCharsets.UTF_8);
    }
}
