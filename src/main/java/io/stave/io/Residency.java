package io.stave.io;

import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.util.Locale;

/** Which bytes of a mapped file are in memory. */
final class Residency {

    /** On other systems than Linux the answer is a guess, or always no. */
    private static volatile boolean told =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");

    private Residency() {}

    /** Whether these bytes are, as far as the platform tells: a system call that looks at no page but theirs. */
    static boolean of(ByteBuffer memory, int offset, int length) {
        boolean asked = told
                && memory instanceof MappedByteBuffer
                && offset >= 0
                && length > 0
                && length <= memory.capacity() - offset;
        return !asked || isLoaded(((MappedByteBuffer) memory).slice(offset, length));
    }

    /** Where the system refuses to say, as in some sandboxes, the JDK throws what it does not declare. */
    private static boolean isLoaded(MappedByteBuffer memory) {
        try {
            return memory.isLoaded();
        } catch (Exception e) {
            told = false;
            return true;
        }
    }
}
