package io.stave;

import java.io.IOException;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * There is no room on the disk for a write. The write was undone and left no trace; the store lives on and takes writes
 * again as soon as there is room (I8). Deletes and {@link Stave#merge()} have a reserve of their own to make room with.
 *
 * @since 0.1
 */
public final class StoreFullException extends StaveException {
    private static final long serialVersionUID = 1L;
    private static final String ADVICE = " The write was undone. Free disk space, or delete keys and merge.";
    private static final long UNKNOWN = -1;

    private final long needed;
    private final long usable;

    /**
     * Describes a shortage that was noticed before anything was written.
     *
     * @param file the file that has to grow, or the store
     * @param needed bytes the write needs
     * @param usable bytes that are left for it, the reserve not counted
     */
    public StoreFullException(String file, long needed, long usable) {
        super(file + ": no room for " + needed + " bytes, " + usable + " are usable." + ADVICE, null);
        this.needed = needed;
        this.usable = usable;
    }

    /**
     * Describes a shortage that the operating system reported.
     *
     * @param doing what was being done to which file, as a clause: "appending to …"
     * @param cause what the operating system reported
     */
    public StoreFullException(String doing, IOException cause) {
        this(doing, ADVICE, cause);
    }

    /**
     * Describes a shortage outside the store, which the operating system reported.
     *
     * @param doing what was being done to which file, as a clause
     * @param advice what became of it and what to do, a sentence with a space before it
     * @param cause what the operating system reported
     */
    public StoreFullException(String doing, String advice, IOException cause) {
        super(doing + ": no room, " + cause.getMessage() + "." + advice, Objects.requireNonNull(cause, "cause"));
        this.needed = UNKNOWN;
        this.usable = UNKNOWN;
    }

    /** {@return the bytes that the write needed, if known} */
    public OptionalLong needed() {
        return needed == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(needed);
    }

    /** {@return the bytes that were left for it, if known} */
    public OptionalLong usable() {
        return usable == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(usable);
    }
}
