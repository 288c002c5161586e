package io.stave;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on disk are not what was written: a file that was known to be durable does not verify.
 *
 * <p>From a read it concerns that key only: other keys, and writes, go on. From {@link Stave#open(java.nio.file.Path)}
 * it means that opening for writing could lose acknowledged data, so nothing was changed. A torn tail, the normal trace
 * of a crash, is not corruption: it is cut off and listed in {@link RecoveryReport#cuts()}.
 *
 * @since 0.1
 */
public final class CorruptionException extends StaveException {
    private static final long serialVersionUID = 1L;

    private static final String DEFAULT_ADVICE =
            "Keep a copy of the store as it is and check the disk; then restore a backup.";

    private final String file;
    private final long offset;
    private final String expected;
    private final String actual;

    /**
     * Describes the damage.
     *
     * @param file name of the damaged file, in the store's directory
     * @param offset of the first byte of what does not verify, in bytes from the start of the file
     * @param expected what should be there
     * @param actual what is there
     * @param advice what the user can do, as a sentence
     */
    public CorruptionException(String file, long offset, String expected, String actual, String advice) {
        this(file, offset, expected, actual, advice, null);
    }

    /**
     * Describes the damage, with general advice.
     *
     * @param file name of the damaged file, in the store's directory
     * @param offset of the first byte of what does not verify, in bytes from the start of the file
     * @param expected what should be there
     * @param actual what is there
     */
    public CorruptionException(String file, long offset, String expected, String actual) {
        this(file, offset, expected, actual, DEFAULT_ADVICE, null);
    }

    /**
     * Describes the damage, and what led to its discovery.
     *
     * @param file name of the damaged file, in the store's directory
     * @param offset of the first byte of what does not verify, in bytes from the start of the file
     * @param expected what should be there
     * @param actual what is there
     * @param advice what the user can do, as a sentence
     * @param cause the underlying failure, or null
     */
    public CorruptionException(
            String file, long offset, String expected, String actual, String advice, @Nullable Throwable cause) {
        super(
                file + " is corrupt at offset " + offset + ": expected " + expected + ", found " + actual + ". "
                        + advice,
                cause);
        this.file = Objects.requireNonNull(file, "file");
        this.offset = offset;
        this.expected = Objects.requireNonNull(expected, "expected");
        this.actual = Objects.requireNonNull(actual, "actual");
    }

    /** {@return the name of the damaged file, in the store's directory} */
    public String file() {
        return file;
    }

    /** {@return where the damaged part starts, in bytes from the start of the file} */
    public long offset() {
        return offset;
    }

    /** {@return what should be there, in words} */
    public String expected() {
        return expected;
    }

    /** {@return what is there, in words} */
    public String actual() {
        return actual;
    }
}
