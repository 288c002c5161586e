package io.stave.io;

import java.io.Serial;
import java.nio.file.FileSystemException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The disk, or the quota of the user, is full. Its message names the file and holds the reason of the operating system. */
public final class NoSpaceException extends FileSystemException {
    /** What Linux and macOS say for ENOSPC. */
    public static final String NO_SPACE = "No space left on device";

    /** The exception is written as Java writes any other. */
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param file the file that could not grow
     * @param reason what the operating system said
     */
    public NoSpaceException(String file, @Nullable String reason) {
        super(file, null, reason == null ? NO_SPACE : reason);
    }

    /**
     * Java knows the error only by its text.
     *
     * @param reason what the operating system said
     * @return true if it means that there is no room
     */
    static boolean means(@Nullable String reason) {
        if (reason == null) {
            return false;
        }
        String text = reason.toLowerCase(Locale.ROOT);
        return text.contains("no space left on device")
                || text.contains("disk quota exceeded")
                || text.contains("not enough space");
    }
}
