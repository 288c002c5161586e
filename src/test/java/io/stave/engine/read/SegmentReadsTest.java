package io.stave.engine.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.Options;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.RealDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often a segment is read, counted: overwrites must stay fast when the data is larger than memory. */
class SegmentReadsTest {

    private static final int KEYS = 500;

    @TempDir
    Path path;

    private GateDirectory directory;
    private Stave store;

    @BeforeEach
    void fill() throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, Options.defaults().durability(Durability.OS), false);
        for (int i = 0; i < KEYS; i++) {
            store.put(key(i), new byte[100]);
        }
    }

    @AfterEach
    void close() throws Exception {
        Background.start(store::close).join();
    }

    private static byte[] key(int i) {
        return ("key " + i).getBytes(UTF_8);
    }

    /** Through a map, or through a channel. */
    private int reads() {
        return directory.count(Act.TOUCH, GateDirectory::segment)
                + directory.count(Act.LEND, GateDirectory::segment)
                + directory.count(Act.READ, GateDirectory::segment);
    }

    @Test
    void aPutOfAnExistingKeyReadsNoSegment() {
        for (int i = 0; i < KEYS; i++) {
            store.put(key(i), new byte[120]);
            store.put(ByteBuffer.wrap(key(i)), ByteBuffer.allocateDirect(80));
        }
        assertEquals(0, reads());
        assertEquals(KEYS, store.stats().keys());
        assertTrue(store.stats().space().deadBytes() > KEYS * 220, "the dead bytes are known all the same");
    }

    @Test
    void aPutOfANewKeyReadsNoSegment() {
        for (int i = 0; i < KEYS; i++) {
            store.put(key(KEYS + i), new byte[10]);
        }
        assertEquals(0, reads());
    }

    @Test
    void aDeleteReadsNoSegment() throws Exception {
        for (int i = 0; i < KEYS; i++) {
            assertTrue(
                    i % 2 == 0
                            ? store.delete(key(i)) > 0
                            : store.deleteAsync(key(i)).get(60, TimeUnit.SECONDS) > 0);
            assertEquals(0, store.delete(key(KEYS + i)));
        }
        assertEquals(0, reads());
    }

    @Test
    void asynchronousPutsReadNoSegment() throws Exception {
        for (int i = 0; i < KEYS; i++) {
            store.putAsync(key(i), new byte[10]);
        }
        store.putAsync(key(0), new byte[10]).get(60, TimeUnit.SECONDS);
        assertEquals(0, reads());
    }

    @Test
    void containsAndAbsenceReadNoSegment() {
        for (int i = 0; i < KEYS; i++) {
            assertTrue(store.contains(key(i)));
            assertEquals(null, store.get(key(KEYS + i)));
        }
        assertEquals(0, reads());
    }

    @Test
    void aReadReadsOneRecordOnce() {
        store.get(key(1));
        assertEquals(1, reads());
        store.getEntry(key(1));
        assertEquals(2, reads());
        store.read(key(1), (value, version) -> version);
        assertEquals(4, reads(), "verified, then lent");
    }

    /** A version lies in the record only. */
    @Test
    void aConditionOnAVersionReadsOneRecord() {
        assertTrue(store.compareAndSet(key(1), 2, new byte[1]) > 0);
        assertEquals(1, reads());
        assertEquals(0, store.delete(key(1), 2));
        assertEquals(2, reads());
        assertTrue(store.putIfAbsent(key(KEYS), new byte[1]) > 0);
        assertEquals(2, reads());
    }
}
