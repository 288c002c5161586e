package io.stave;

import org.jspecify.annotations.Nullable;

/**
 * What a store throws when the trouble is not in the arguments. Each subclass is one kind of trouble with its own
 * remedy; its message names the file or store concerned, what was expected, what was found, and what can be done.
 *
 * <p>Bad arguments throw {@link IllegalArgumentException} or {@link NullPointerException} instead.
 *
 * @since 0.1
 */
public abstract class StaveException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Only this package has subclasses: the list of troubles is part of the contract. */
    StaveException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
