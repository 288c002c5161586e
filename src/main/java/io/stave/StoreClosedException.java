package io.stave;

/**
 * The store was used after {@link Stave#close()}. The call did nothing. To go on, open the store again.
 *
 * @since 0.1
 */
public final class StoreClosedException extends StaveException {
    private static final long serialVersionUID = 1L;

    /** Says so. */
    public StoreClosedException() {
        super("The store is closed, and the call did nothing. Open the store again to use it.", null);
    }
}
