package io.stave.engine.base;

import io.stave.StaveException;
import io.stave.StoreFullException;
import io.stave.StoreIOException;
import io.stave.io.ForceFailedException;
import io.stave.io.NoSpaceException;
import java.io.IOException;

/** Turns an {@link IOException} of the seam into the exception that the caller of the store gets. */
public final class Failures {

    private static final String ADVICE =
            " What was written is deleted again. Free disk space there, or choose another directory.";

    private Failures() {}

    /**
     * A failed force stops the store (I8); a full disk is a {@link StoreFullException}; anything else names what was being done.
     *
     * @param doing what was being done, as a clause: "appending to …"
     */
    public static StaveException translate(String doing, IOException e, Health health) {
        if (e instanceof ForceFailedException) {
            return health.stop(e);
        }
        return e instanceof NoSpaceException ? new StoreFullException(doing, e) : other(doing, e);
    }

    /** The same for work beside the store, of which a failure leaves nothing behind. */
    public static StaveException translate(String doing, IOException e) {
        return e instanceof NoSpaceException ? new StoreFullException(doing, ADVICE, e) : other(doing, e);
    }

    private static StoreIOException other(String doing, IOException e) {
        return new StoreIOException(doing + " failed: " + e.getMessage(), e);
    }
}
