package io.stave.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hints that are made anew, beside segments of which none can be made. */
class HintRebuildTest {

    @TempDir
    Path directory;

    private Path store;
    private List<Path> segments;

    @BeforeEach
    void fillAStore() throws IOException {
        store = directory.resolve("store");
        Options options = Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());
        try (Stave open = Stave.open(store, options)) {
            for (int i = 0; i < 100; i++) {
                open.put(("key-" + i).getBytes(StandardCharsets.UTF_8), new byte[200]);
            }
        }
        segments = new ArrayList<>();
        try (var names = Files.newDirectoryStream(store, "*.seg")) {
            names.forEach(segments::add);
        }
        segments.sort(null);
    }

    private static Path hint(Path segment) {
        return segment.resolveSibling(segment.getFileName().toString().replace(".seg", ".hint"));
    }

    @Test
    void aDamagedSegmentDoesNotKeepTheOthersFromTheirHints() throws IOException {
        Path first = segments.get(0);
        Path second = segments.get(1);
        byte[] bytes = Files.readAllBytes(first);
        bytes[100] ^= 1;
        Files.write(first, bytes);
        Files.delete(second);
        byte[] kept = Files.readAllBytes(hint(first));
        for (Path segment : segments.subList(2, segments.size())) {
            Files.delete(hint(segment));
        }
        Run run = Run.of("hint", "rebuild", store);
        assertEquals(3, run.code(), run.err());
        List<String> complaints = run.err().lines().toList();
        assertEquals(2, complaints.size(), run.err());
        assertTrue(
                complaints.get(0).contains(first.getFileName() + " is corrupt at offset 84: expected a record with"),
                run.err());
        assertTrue(complaints.get(1).contains(second.getFileName() + " is corrupt")
                && run.err().contains("no file"));
        assertEquals(segments.size() - 2, run.out().lines().count(), run.out());
        assertArrayEquals(kept, Files.readAllBytes(hint(first)), "nothing better was to be had");
        for (Path segment : segments.subList(2, segments.size())) {
            assertEquals(0, Run.of("hint", "verify", segment).code(), segment::toString);
        }
    }

    @Test
    void allHintsOfASoundStoreAreMade() {
        Run run = Run.of("hint", "rebuild", store);
        assertEquals(0, run.code(), run.err());
        assertEquals(segments.size(), run.out().lines().count(), run.out());
    }
}
