package io.stave.engine.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.BlobReader;
import io.stave.BlobUpload;
import io.stave.BlobWriter;
import io.stave.CorruptionException;
import io.stave.Keydir;
import io.stave.Options;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.io.CrashState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits and misuse. */
class BlobMisuseTest extends BlobStore {

    @TempDir
    private Path real;

    @Test
    void aRangeFarBehindTheEndIsEmpty() throws IOException {
        try (Stave disk = Stave.open(real, options)) {
            disk.put(KEY, bytes(1, 3000));
            try (BlobReader reader = disk.openReader(KEY)) {
                assertNotNull(reader);
                for (long from : new long[] {3000, Integer.MAX_VALUE, Long.MAX_VALUE - 64, Long.MAX_VALUE}) {
                    assertEquals(0, reader.transferTo(from, 10, Channels.newChannel(new ByteArrayOutputStream())));
                    assertEquals(-1, reader.position(from).read(ByteBuffer.allocate(1)));
                }
            }
        }
    }

    @Test
    void anUploadMayLiveForEver() {
        options = options.uploadLifetime(ChronoUnit.FOREVER.getDuration());
        reopen();
        store.beginUpload(KEY).close();
        reopen();
        assertEquals(1, store.uploads().size());
    }

    @Test
    void optionsWithAnotherKeydirAreOthers() {
        assertNotEquals(Options.defaults(), Options.defaults().keydir(Keydir.CHRONICLE));
    }

    @Test
    void anUploadThatHasEndedSaysSo() {
        BlobUpload upload = store.beginUpload(KEY);
        upload.write(0, ByteBuffer.wrap(bytes(1, 10)));
        upload.commit();
        upload.close();
        assertThrows(IllegalStateException.class, upload::chunks);
        assertThrows(IllegalStateException.class, upload::commit);
        upload.abort();
        assertArrayEquals(bytes(1, 10), store.get(KEY));
    }

    /** Its file is gone, and only the clock has said that it might go. */
    @Test
    void whatHadExpiredIsItselfOrNothingOrSaidToBeGoneWhenTheClockIsSetBack() {
        store.put(KEY, bytes(1, 3000), WriteOptions.defaults().timeToLive(Duration.ofSeconds(1)));
        clock.advance(1000);
        store.planMerge();
        store.sync();
        clock.advance(-500);
        crash(CrashState.everything());
        try {
            byte[] found = store.get(KEY);
            if (found != null) {
                assertArrayEquals(bytes(1, 3000), found);
            }
        } catch (CorruptionException e) {
            assertEquals("no file", e.actual());
        }
        store.put(KEY, bytes(2, 3000));
        assertArrayEquals(bytes(2, 3000), store.get(KEY));
    }

    @Test
    void anUploadOfNothingAndAWriterOfNothing() throws IOException {
        options = options.blobThreshold(0);
        reopen();
        try (BlobUpload upload = store.beginUpload(KEY)) {
            assertTrue(upload.commit() > 0);
        }
        assertEquals(0, store.get(KEY).length);
        try (BlobWriter writer = store.openWriter(KEY)) {
            assertTrue(writer.commit() > 0);
        }
        assertEquals(0, store.get(KEY).length);
        store.put(KEY, bytes(1, 1));
        assertEquals(1, blobs().size());
        assertArrayEquals(bytes(1, 1), store.get(KEY));
        store.delete(KEY);
        assertNull(store.get(KEY));
        assertEquals(0, blobs().size());
    }
}
