package io.stave;

/**
 * What an asynchronous write does when {@link Options#asyncBytes()} bytes wait already.
 *
 * @since 0.1
 */
public enum Overflow {
    /**
     * The call waits until there is room. An interrupt does not end the wait; the flag is kept. On the thread that
     * completes futures, which must not wait, this is as {@link #REFUSE}.
     */
    BLOCK,

    /** The call throws {@link StoreBusyException} at once, and nothing is written. */
    REFUSE
}
