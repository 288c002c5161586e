package io.stave.keydir;

import io.stave.Options;
import io.stave.keydir.chronicle.ChronicleMaker;

/**
 * The keydir that a run of the tests is about: the compact one, or the one that {@code -Dstave.test.keydir} names. What every keydir has to do is
 * tested once, and run for each.
 */
public final class ChosenKeydir {

    /** The kind. */
    public static final io.stave.Keydir KIND =
            io.stave.Keydir.valueOf(System.getProperty("stave.test.keydir", io.stave.Keydir.COMPACT.name()));

    private ChosenKeydir() {}

    /** Whether it is the compact one. */
    public static boolean isCompact() {
        return KIND == io.stave.Keydir.COMPACT;
    }

    /** Options that ask for it. */
    public static Options in(Options options) {
        return options.keydir(KIND);
    }

    /** An empty one. */
    static Keydir empty(HeapMemory memory) {
        return isCompact() ? new CompactKeydir(memory) : chronicle(memory).empty();
    }

    /** A filler of one. */
    static KeydirFiller<?> filler(HeapMemory memory) {
        return isCompact() ? new KeydirLoader(memory) : chronicle(memory).filler();
    }

    private static ChronicleMaker chronicle(HeapMemory memory) {
        return new ChronicleMaker(memory::retire);
    }
}
