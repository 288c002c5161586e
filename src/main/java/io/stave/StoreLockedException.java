package io.stave;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The store is open already, in another process or in this one: a store has one opener at a time.
 *
 * <p>Who holds it is what the holder wrote down when it opened the store. Each part may be unknown, for example when
 * the holder has only just taken the lock. The lock itself ends with its process, so a crash never leaves one behind.
 *
 * @since 0.1
 */
public final class StoreLockedException extends StaveException {
    private static final long serialVersionUID = 1L;
    private static final long UNKNOWN_PID = -1;

    private final String store;
    private final long pid;
    private final @Nullable String host;
    private final @Nullable Instant since;

    /**
     * Describes the holder.
     *
     * @param store directory of the store
     * @param pid process id of the holder, or null if unknown
     * @param host name of the holder's machine, or null if unknown
     * @param since when the holder opened the store, or null if unknown
     */
    public StoreLockedException(Path store, @Nullable Long pid, @Nullable String host, @Nullable Instant since) {
        super(message(store, pid, host, since), null);
        this.store = store.toString();
        this.pid = pid == null ? UNKNOWN_PID : pid;
        this.host = host;
        this.since = since;
    }

    private static String message(Path store, @Nullable Long pid, @Nullable String host, @Nullable Instant since) {
        boolean own = pid != null && pid == ProcessHandle.current().pid();
        return store + " is open already, held by process " + (pid == null ? "(pid unknown)" : pid)
                + " on host " + (host == null ? "(unknown)" : host)
                + " since " + (since == null ? "(unknown)" : since) + ". "
                + (own
                        ? "That is this process's own pid: share the Stave that is open instead of opening another."
                        : "Close it there or end that process, then open it again.");
    }

    /** {@return the directory of the store, as text} */
    public String store() {
        return store;
    }

    /** {@return the process id of the holder, if known} */
    public OptionalLong pid() {
        return pid == UNKNOWN_PID ? OptionalLong.empty() : OptionalLong.of(pid);
    }

    /** {@return the name of the holder's machine, if known} */
    public Optional<String> host() {
        return Optional.ofNullable(host);
    }

    /** {@return when the holder opened the store, if known} */
    public Optional<Instant> since() {
        return Optional.ofNullable(since);
    }
}
