package io.stave;

/**
 * A snapshot has had to remember more overwritten keys than its memory allows, and has ended. Writers, the store and
 * other snapshots go on. To go on, open a new one, and close it sooner or give it more:
 * {@link Options#snapshotBytes(long)}.
 *
 * @since 0.1
 */
public final class SnapshotOverflowException extends StaveException {
    private static final long serialVersionUID = 1L;

    private final long version;
    private final long overwritten;
    private final long limit;

    /**
     * Describes the overflow.
     *
     * @param version that of the snapshot
     * @param overwritten how many keys it remembered
     * @param limit the bytes it might use
     */
    public SnapshotOverflowException(long version, long overwritten, long limit) {
        super(
                "The snapshot of version " + version + " has ended: " + overwritten
                        + " keys were overwritten since it was opened, and to remember more takes more than the "
                        + limit
                        + " bytes it may use. Writers are not concerned. Open a new one, and close it sooner or set"
                        + " Options.snapshotBytes higher.",
                null);
        this.version = version;
        this.overwritten = overwritten;
        this.limit = limit;
    }

    /** {@return the version of the snapshot} */
    public long version() {
        return version;
    }

    /** {@return how many keys it remembered} */
    public long overwritten() {
        return overwritten;
    }

    /** {@return the bytes it might use} */
    public long limit() {
        return limit;
    }
}
