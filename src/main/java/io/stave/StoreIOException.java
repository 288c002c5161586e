package io.stave;

import java.io.IOException;
import java.util.Objects;

/**
 * The operating system refused to read or write a file, and no more specific exception tells why. {@link #getCause()}
 * is what it reported. Unless a {@link StoreFailedException} follows, the store goes on.
 *
 * @since 0.1
 */
public final class StoreIOException extends StaveException {
    private static final long serialVersionUID = 1L;

    /**
     * Describes what could not be done.
     *
     * @param message names the file, what was tried, and what the user can do
     * @param cause what the operating system reported
     */
    public StoreIOException(String message, IOException cause) {
        super(message, Objects.requireNonNull(cause, "cause"));
    }
}
