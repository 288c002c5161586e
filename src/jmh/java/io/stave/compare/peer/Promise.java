package io.stave.compare.peer;

/** What a put survives once it was acknowledged. The stronger promise has the smaller ordinal. */
public enum Promise {
    /** Forced to stable storage: survives power loss. */
    FORCED,
    /** Handed to the operating system: survives the death of the process, not that of the machine. */
    PROCESS_CRASH,
    /** May be lost, and the store with it, when the process dies. */
    NOTHING
}
