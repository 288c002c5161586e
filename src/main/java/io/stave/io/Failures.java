package io.stave.io;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes every failure name its file and every full disk a type. The JDK's channels do neither. */
final class Failures {
    private Failures() {}

    /** The same failure, naming the file, ready to be thrown. */
    static IOException named(Path file, IOException failure) {
        if (failure instanceof NoSpaceException) {
            return failure;
        }
        String reason = reason(failure);
        if (NoSpaceException.means(reason)) {
            NoSpaceException noSpace = new NoSpaceException(file.toString(), reason);
            noSpace.initCause(failure);
            return noSpace;
        }
        if (failure instanceof FileSystemException named && named.getFile() != null) {
            return failure;
        }
        return new IOException(file + ": " + reasonOf(failure), failure);
    }

    /** What went wrong, without the file if the failure knows it apart. */
    static String reasonOf(IOException failure) {
        String reason = reason(failure);
        return reason == null ? failure.toString() : reason;
    }

    private static @Nullable String reason(IOException failure) {
        if (failure instanceof ClosedChannelException) {
            return "the file is closed";
        }
        return failure instanceof FileSystemException named ? named.getReason() : failure.getMessage();
    }
}
