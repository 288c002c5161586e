package io.stave.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** I12: what the file-system seam does on every Java without a flag and without a word. */
class PlatformTest {
    private static final int ARENAS = 22;

    @TempDir
    Path path;

    /** "this": the Java that runs the tests; "newest": one with arenas, if there is one. */
    private static Path java(String which) throws IOException {
        if (which.equals("this")) {
            return ChildJvm.thisJava();
        }
        var newest = ChildJvm.newest(ARENAS);
        assumeTrue(newest.isPresent(), "no Java " + ARENAS + " or later is installed beside this one");
        return newest.get();
    }

    @ParameterizedTest
    @ValueSource(strings = {"this", "newest"})
    void everyCallWorksWithoutFlagsAndWithoutAWarning(String which) throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.run(java(which), List.of(), "every-call", path.toString());
        assertEquals("", outcome.err());
        assertEquals(0, outcome.exit());
        assertTrue(outcome.out().endsWith(" DONE\n"), outcome.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"this", "newest"})
    void memoryIsNotCappedByTheHeap(String which) throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.run(java(which), List.of("-Xmx32m"), "memory", path.toString(), "128");
        assertEquals("", outcome.err());
        assertEquals(0, outcome.exit());
        assertTrue(outcome.out().endsWith(" DONE\n"), outcome.out());
    }

    /** A hole on a full tmpfs is a SIGBUS: so memory is never made of one. */
    @Test
    void memoryOnATmpfsThatIsTooSmallIsAnExceptionAndNoFault() throws Exception {
        String mount = "mount -t tmpfs -o size=1m tmpfs " + path + " 2>/dev/null || exit 77; ";
        List<String> java = ChildJvm.command(ChildJvm.thisJava(), List.of(), "small-disk", path.toString());
        List<String> command =
                List.of("unshare", "-m", "--propagation", "private", "sh", "-c", mount + String.join(" ", java));
        ChildJvm.Outcome outcome;
        try {
            outcome = ChildJvm.run(command);
        } catch (IOException e) {
            assumeTrue(false, "no unshare here: " + e.getMessage());
            return;
        }
        boolean mounted = outcome.exit() != 77 && !outcome.err().startsWith("unshare: ");
        assumeTrue(mounted, "mounting takes root: " + outcome.err());
        assertEquals("", outcome.err());
        assertEquals(0, outcome.exit());
        assertEquals("DONE\n", outcome.out());
    }
}
