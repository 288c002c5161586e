package io.stave.engine.readonly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.stave.Options;
import io.stave.ReadOnlyStave;
import io.stave.Stave;
import io.stave.engine.ReadOnlyEngine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.ReadOnlyDirectory;
import io.stave.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader that opens a store as its last close left it, and what may become of the file KEYDIR meanwhile. */
class ReadOnlyKeydirTest {

    @TempDir
    Path path;

    @BeforeEach
    void fill() {
        try (Stave store = Stave.open(path)) {
            store.put(new byte[] {1}, new byte[] {2});
        }
    }

    /** It reads the MANIFEST that vouches for the file; then a writer opens the store, and deletes it. */
    @Test
    void aWriterThatOpensTheStoreMeanwhileLeavesNothingToComplainOf() throws IOException {
        GateDirectory files = new GateDirectory(ReadOnlyDirectory.open(path));
        List<Stave> writer = new ArrayList<>();
        files.rule((act, name, position, length) -> {
            if (act == Act.OPEN && name.equals(Manifest.KEYDIR_FILE)) {
                writer.add(Stave.open(path));
                Background.await(() -> !Files.exists(path.resolve(name)));
            }
        });
        try (ReadOnlyStave reader = ReadOnlyEngine.open(files, Options.defaults(), true)) {
            assertEquals(1, writer.size());
            assertFalse(reader.recoveryReport().keydirRestored());
            assertNull(reader.recoveryReport().keydirRejected());
            assertEquals(1, reader.stats().keys());
        } finally {
            writer.forEach(Stave::close);
        }
    }

    @Test
    void aFileThatIsGoneWithoutAWriterIsTold() throws IOException {
        Files.delete(path.resolve(Manifest.KEYDIR_FILE));
        try (ReadOnlyStave reader = Stave.openReadOnly(path)) {
            assertEquals("there is no such file", reader.recoveryReport().keydirRejected());
        }
    }
}
