package io.stave;

/**
 * An asynchronous write was refused, because too many bytes are under way already ({@link Options#asyncBytes()}).
 * Nothing was written; the same call may succeed a moment later.
 *
 * <p>Thrown if the write asked for {@link Overflow#REFUSE}, or if it was made on the thread that completes futures:
 * that one makes room for the others and can never wait for it.
 *
 * @since 0.1
 */
public final class StoreBusyException extends StaveException {
    private static final long serialVersionUID = 1L;

    private final long underWay;
    private final long limit;

    /**
     * Describes the shortage.
     *
     * @param underWay bytes of asynchronous writes not completed yet
     * @param limit how many there may be, {@link Options#asyncBytes()}
     */
    public StoreBusyException(long underWay, long limit) {
        super(
                "Asynchronous write refused: " + underWay + " bytes of others are under way, the limit is " + limit
                        + ". Try again later, use Overflow.BLOCK, or raise Options.asyncBytes.",
                null);
        this.underWay = underWay;
        this.limit = limit;
    }

    /** {@return the bytes of asynchronous writes that were not completed yet} */
    public long underWay() {
        return underWay;
    }

    /** {@return how many there may be} */
    public long limit() {
        return limit;
    }
}
