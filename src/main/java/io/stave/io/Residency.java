package io.stave.io;

import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.util.Locale;

/** Which bytes of a mapped file are in memory. */
final class Residency {

    /** Elsewhere the answer is a guess, or always no. */
    private static final boolean TOLD =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");

    private Residency() {}

    /** Whether these bytes are, as far as the platform tells: a system call that looks at no page but theirs. */
    static boolean of(ByteBuffer memory, int offset, int length) {
        boolean asked = TOLD
                && memory instanceof MappedByteBuffer
                && offset >= 0
                && length > 0
                && length <= memory.capacity() - offset;
        return !asked || ((MappedByteBuffer) memory).slice(offset, length).isLoaded();
    }
}
