package io.stave.engine.blob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.stave.BlobReader;
import io.stave.Options;
import io.stave.Stave;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The longest buffer there is can be put. Writes 2 GiB, so {@code -Dstave.longestBuffer=true} asks for it. */
@EnabledIfSystemProperty(named = "stave.longestBuffer", matches = "true")
class LongestBufferTest {

    @TempDir
    private Path directory;

    @Test
    void itBecomesABlob() throws IOException {
        try (FileChannel sparse = FileChannel.open(
                        directory.resolve("value"),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
                Stave store = Stave.open(
                        directory.resolve("store"), Options.defaults().blobChunkLength(64 << 20))) {
            MappedByteBuffer value = sparse.map(MapMode.READ_WRITE, 0, Integer.MAX_VALUE);
            store.put(ByteBuffer.wrap(new byte[] {1}), value);
            try (BlobReader reader = store.openReader(new byte[] {1})) {
                assertNotNull(reader);
                assertEquals(Integer.MAX_VALUE, reader.size());
            }
        }
    }
}
