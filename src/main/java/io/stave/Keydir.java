package io.stave;

/**
 * How an open store finds records by their keys. The files are the same with either, so a store may be opened with one today and the other tomorrow.
 *
 * @since 0.1
 */
public enum Keydir {
    /**
     * 28 to 35 bytes a key, whatever its length: a fingerprint of 96 bits stands for it. No JVM flag and nothing beside the library is needed. The
     * default.
     */
    COMPACT,

    /**
     * Whole keys in Chronicle Maps outside the heap: some 40 to 65 bytes and the key itself for each. Keys are told apart by their bytes. Needs {@code
     * net.openhft:chronicle-map}, a JDK and JVM flags; {@link Stave#open(java.nio.file.Path, Options)} says which are missing in a {@link
     * KeydirUnavailableException}. Slower than the compact one, to open and to write above all.
     */
    CHRONICLE
}
