package io.stave;

/**
 * A value was asked for as an array or a buffer, and has more bytes than one can hold.
 *
 * @since 0.1
 */
public final class ValueTooLargeException extends StaveException {
    private static final long serialVersionUID = 1L;

    private final long length;

    /**
     * Says how long the value is.
     *
     * @param length in bytes
     */
    public ValueTooLargeException(long length) {
        super("the value has " + length + " bytes, more than an array can hold. Read it with openReader(key).", null);
        this.length = length;
    }

    /** {@return the length of the value in bytes} */
    public long length() {
        return length;
    }
}
