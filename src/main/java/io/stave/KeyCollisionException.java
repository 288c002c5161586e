package io.stave;

import java.util.Objects;

/**
 * Two different keys have the same 96-bit fingerprint, so the store cannot tell them apart. The record found is intact,
 * but it belongs to the other key; the key asked for is shadowed by it, or was never put.
 *
 * <p>Fingerprints depend on a random secret of each store, so nobody can choose keys that collide. Among <i>n</i>
 * random keys the odds are about <i>n</i>² / 2<sup>97</sup>: one in 16 million million for 100 million keys.
 *
 * @since 0.1
 */
public final class KeyCollisionException extends StaveException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final long offset;

    /**
     * Names the record of the other key.
     *
     * @param file name of the segment, in the store's directory
     * @param offset of the record, in bytes from the start of the file
     */
    public KeyCollisionException(String file, long offset) {
        super(
                file + ": the record at offset " + offset + " belongs to another key with the same 96-bit fingerprint"
                        + " as the key asked for. Use a different key for one of the two.",
                null);
        this.file = Objects.requireNonNull(file, "file");
        this.offset = offset;
    }

    /** {@return the name of the segment, in the store's directory} */
    public String file() {
        return file;
    }

    /** {@return where the other key's record starts, in bytes from the start of the file} */
    public long offset() {
        return offset;
    }
}
