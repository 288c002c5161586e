package io.stave;

import java.util.Objects;

/**
 * The store has stopped writing, because a force failed or a write could not be undone. {@link #getCause()} is that
 * first failure, however often this is thrown.
 *
 * <p>After a failed force the operating system may have dropped the data and report the next force as a success, so
 * trying again would turn a loss into a lie (I8). Reads of durable data go on. A write that ends with this exception
 * was not acknowledged: after the store is opened again it is there whole or not at all. To heal the store, close it,
 * see to the disk, and open it again.
 *
 * @since 0.1
 */
public final class StoreFailedException extends StaveException {
    private static final long serialVersionUID = 1L;

    /**
     * Names the first failure.
     *
     * @param cause the failure that stopped the store; its message names the file
     */
    public StoreFailedException(Throwable cause) {
        super(
                "The store has stopped writing since this failed: " + reason(cause)
                        + ". Reads go on. Close the store, check the disk, and open it again.",
                cause);
    }

    private static String reason(Throwable cause) {
        return Objects.requireNonNullElseGet(cause.getMessage(), cause::toString);
    }
}
