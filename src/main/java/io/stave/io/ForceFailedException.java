package io.stave.io;

import java.io.IOException;
import java.io.Serial;

/**
 * A force of a file or of the directory failed, for whatever reason: a full disk too. It must never be tried again: the
 * kernel has dropped the dirty pages, so the next force succeeds while the data is gone (I8).
 */
public final class ForceFailedException extends IOException {

    /** The exception is written as Java writes any other. */
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param name the file or directory that was forced
     * @param cause what the operating system said
     */
    public ForceFailedException(String name, IOException cause) {
        super(name + ": force failed: " + Failures.reasonOf(cause), cause);
    }
}
