package io.stave.cli.tour;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.stave.Stave;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentTest {
    @TempDir
    Path directory;

    @Test
    void aDraftDiffersFromWhatReplacesIt() {
        assertArrayEquals(new byte[] {-1, 0, 127}, Content.draft(new byte[] {0, -1, -128}));
        assertFalse(Arrays.equals(new byte[0], Content.draft(new byte[0])));
        assertEquals(Stave.MAX_VALUE_LENGTH, Content.draft(new byte[Stave.MAX_VALUE_LENGTH]).length);
    }

    @Test
    void aFileIsReadAsItIs() throws IOException {
        Path path = Files.write(directory.resolve("file"), new byte[] {1, 2, 3});
        assertArrayEquals(new byte[] {1, 2, 3}, Content.read(new TourFile("file", path, 99)));
    }

    @Test
    void aFileThatHasGrownBeyondTheLimitSinceIsRefused() throws IOException {
        Path path = Files.write(directory.resolve("file"), new byte[Stave.MAX_VALUE_LENGTH + 1]);
        IOException refusal = assertThrows(IOException.class, () -> Content.read(new TourFile("file", path, 3)));
        assertEquals("file has grown beyond what a value can hold", refusal.getMessage());
    }
}
