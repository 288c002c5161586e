package io.stave.cli.tour;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a writer has to report: something the store has acknowledged. Between processes one line of text each, which a
 * complaint of the JVM on the same stream cannot be mistaken for.
 *
 * @param kind what was done
 * @param file to which file, as an index of the plan
 * @param version what the store gave to the write, or 0 if there was none
 * @param checksum of the value that was put, or 0
 */
record Ack(Kind kind, int file, long version, int checksum) {

    /** What can be reported. */
    enum Kind {
        /** The store is open. */
        READY,
        /** The file was put for the first time. */
        PUT,
        /** The draft was overwritten with what is on disk. */
        OVERWRITE,
        /** The file was deleted from the store. */
        DELETE,
        /** The file on disk cannot be read any more: nothing was done. */
        SKIP
    }

    private static final Pattern LINE = Pattern.compile("stave-tour ([A-Z]{3,9}) (\\d{1,9}) (\\d{1,18}) (-?\\d{1,10})");

    static Ack ready() {
        return new Ack(Kind.READY, 0, 0, 0);
    }

    static Ack skip(int file) {
        return new Ack(Kind.SKIP, file, 0, 0);
    }

    /** The line, without its end. */
    String line() {
        return "stave-tour " + kind + " " + file + " " + version + " " + checksum;
    }

    /** Reads a line; null if it is something else. */
    static @Nullable Ack parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            return null;
        }
        for (Kind kind : Kind.values()) {
            if (kind.name().equals(matcher.group(1))) {
                return new Ack(kind, Integer.parseInt(matcher.group(2)), Long.parseLong(matcher.group(3)), (int)
                        Long.parseLong(matcher.group(4)));
            }
        }
        return null;
    }
}
