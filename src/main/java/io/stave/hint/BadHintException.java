package io.stave.hint;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import org.jspecify.annotations.Nullable;

/**
 * A hint is missing or anything about it is wrong, for the reason in the message. Never fatal, hence checked: whoever meets it scans the
 * segment instead.
 */
public final class BadHintException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Where every file says which version of its format it has. */
    private static final long VERSION_OFFSET = 8;

    private final long offset;
    private final String expected;
    private final String actual;

    BadHintException(String file, String reason) {
        this(file, reason, null);
    }

    BadHintException(String file, String reason, @Nullable Throwable cause) {
        super(file + ": " + reason, cause);
        CorruptionException damage = cause instanceof CorruptionException corruption ? corruption : null;
        boolean newer = cause instanceof FormatVersionException;
        this.offset = damage == null ? newer ? VERSION_OFFSET : 0 : damage.offset();
        this.expected = damage == null
                ? newer ? "a format version that this release reads" : "a hint of this segment"
                : damage.expected();
        this.actual = damage == null ? reason : damage.actual();
    }

    BadHintException(String file, String reason, long offset, String expected, String actual) {
        super(file + ": " + reason);
        this.offset = offset;
        this.expected = expected;
        this.actual = actual;
    }

    /** Where in the file that begins which is wrong, in bytes. */
    public long offset() {
        return offset;
    }

    /** What should be there, in words. */
    public String expected() {
        return expected;
    }

    /** What is there, in words. */
    public String actual() {
        return actual;
    }
}
