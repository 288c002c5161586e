package io.stave.keydir;

/**
 * The bytes of a key, for a keydir that holds whole keys. The compact one goes by the fingerprint and never looks.
 *
 * <p>Lent for the call it is passed to: a keydir that keeps the bytes copies them.
 *
 * @since 0.1
 */
public interface Key {

    /**
     * How long it is.
     *
     * @return the number of bytes
     */
    int length();

    /**
     * Copies all bytes.
     *
     * @param target receives them from its beginning; at least {@link #length} long
     */
    void copyTo(byte[] target);
}
