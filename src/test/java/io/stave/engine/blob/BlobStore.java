package io.stave.engine.blob;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stave.Options;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.support.TestClock;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;

/** A store for tests of large values, in memory: longer than 1,000 bytes is large, and a chunk has 512. */
abstract class BlobStore {

    static final int CHUNK = 512;
    static final int THRESHOLD = 1000;
    static final byte[] KEY = "key".getBytes(UTF_8);
    static final byte[] OTHER = "other".getBytes(UTF_8);

    final TestClock clock = new TestClock(1_700_000_000_000L);
    Options options = Options.defaults()
            .segmentLength(4096)
            .blobThreshold(THRESHOLD)
            .blobChunkLength(CHUNK)
            .clock(clock);
    SimulatedDirectory directory = new SimulatedDirectory();
    Stave store = Engine.open(directory, options, true);

    @AfterEach
    void close() {
        store.close();
        assertEquals(List.of(), directory.leaks());
    }

    /** As many bytes, which the seed decides. */
    static byte[] bytes(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** The names of the blobs. */
    List<String> blobs() throws IOException {
        return directory.list().stream().filter(name -> name.endsWith(".blob")).toList();
    }

    /** The names of the journals of uploads. */
    List<String> uploads() throws IOException {
        return directory.list().stream()
                .filter(name -> name.endsWith(".upload"))
                .toList();
    }

    void reopen() {
        closeStore();
        open();
    }

    /** Closes the store, so that its files can be looked at. */
    void closeStore() {
        store.close();
        assertEquals(List.of(), directory.leaks());
        directory = directory.afterCrash(CrashState.everything());
    }

    /** Opens it again. */
    void open() {
        store = Engine.open(directory, options, true);
    }

    /** The power fails, and the store is opened again on what is left. */
    void crash(CrashState state) {
        SimulatedDirectory after = directory.crash(state);
        forget();
        directory = after;
        store = Engine.open(directory, options, true);
    }

    /** Closes the store of a machine that has no power. */
    private void forget() {
        try {
            store.close();
        } catch (RuntimeException e) {
            return;
        }
    }
}
