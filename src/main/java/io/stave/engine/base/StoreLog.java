package io.stave.engine.base;

import io.stave.segment.SegmentNames;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The log of one store: the logger {@code io.stave} of the platform, with the store's directory in front of each message. A message says
 * what happened and, from a warning on, what there is to do.
 */
public final class StoreLog {

    private static final System.Logger LOG = System.getLogger("io.stave");

    private final Path store;

    public StoreLog(Path store) {
        this.store = store;
    }

    /** Something is lost or has stopped until somebody acts. */
    public void error(String message, @Nullable Throwable cause) {
        log(Level.ERROR, message, cause);
    }

    /** Something did not go as it should, and goes on without help as far as it can. */
    public void warn(String message, @Nullable Throwable cause) {
        log(Level.WARNING, message, cause);
    }

    /** What an operator may want to know of the life of a store. */
    public void info(String message) {
        log(Level.INFO, message, null);
    }

    /** What only a developer wants to know. */
    public void debug(String message, @Nullable Throwable cause) {
        log(Level.DEBUG, message, cause);
    }

    /** A segment stays without a hint. Hints are advice. */
    public void noHint(long segmentId, Throwable cause) {
        warn(
                "no hint for " + SegmentNames.segment(segmentId) + ": " + cause.getMessage()
                        + ". Nothing is lost, but the next open has to read the segment; see whether the disk is full or damaged.",
                cause);
    }

    private void log(Level level, String message, @Nullable Throwable cause) {
        if (LOG.isLoggable(level)) {
            LOG.log(level, store + ": " + message, cause);
        }
    }
}
