package io.stave.hint;

/**
 * A hint is missing or anything about it is wrong, for the reason in the message. Never fatal, hence checked: whoever meets it scans the
 * segment instead.
 */
public final class BadHintException extends Exception {

    private static final long serialVersionUID = 1L;

    BadHintException(String file, String reason) {
        super(file + ": " + reason);
    }

    BadHintException(String file, String reason, Throwable cause) {
        super(file + ": " + reason, cause);
    }
}
