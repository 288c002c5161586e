package io.stave.compare.peer;

/** How a store is opened: whether every put is to be forced before it is acknowledged. */
public enum Mode {
    /** No put waits for the disk. */
    UNFORCED,
    /** Every put is on stable storage when it is acknowledged. */
    FORCED
}
