package io.stave;

/**
 * A snapshot, or a cursor of it, was used after {@link Snapshot#close()}; or the cursor after its own close. The call did
 * nothing. To go on, open another one.
 *
 * @since 0.1
 */
public final class SnapshotClosedException extends StaveException {
    private static final long serialVersionUID = 1L;

    /** Says so. */
    public SnapshotClosedException() {
        super("The snapshot or its cursor is closed, and the call did nothing. Open another one to go on.", null);
    }
}
