package io.stave.engine.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.Entry;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StoreFullException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.GateDirectory.TornWrite;
import io.stave.engine.support.QuietLog;
import io.stave.io.NoSpaceException;
import io.stave.io.RealDirectory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Appends fail now and then, torn anywhere, under several writers and a merge: what failed never shows, what was acknowledged always does, also
 * to the next process when this one dies (I8).
 */
@ExtendWith(QuietLog.class)
class TransientFailuresTest {

    private static final int KEYS = 5;

    @TempDir
    Path path;

    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicBoolean failWhole = new AtomicBoolean();
    private final ThreadLocal<Boolean> undoing = ThreadLocal.withInitial(() -> false);
    private GateDirectory directory;
    private Stave store;

    @BeforeEach
    void open() throws IOException {
        directory = new GateDirectory(RealDirectory.create(path.resolve("store")));
        store = Engine.open(directory, Options.defaults().segmentLength(32 * 1024), false);
        Random random = new Random(7);
        directory.rule((act, name, position, length) -> {
            if (act == Act.FORCE) {
                undoing.set(false); // the last thing that an undo does
            } else if (act == Act.WRITE && GateDirectory.segment(name) && position > 0) {
                failSometimes(random, length);
            }
        });
    }

    @AfterEach
    void close() throws Exception {
        Background.start(store::close).join();
    }

    private void failSometimes(Random random, int length) throws IOException {
        if (undoing.get()) {
            return;
        }
        int torn = length;
        if (!failWhole.getAndSet(false)) {
            synchronized (random) {
                if (random.nextInt(12) != 0) {
                    return;
                }
                torn = random.nextInt(length + 1);
            }
        }
        failures.incrementAndGet();
        undoing.set(true); // even if nothing of this write was: earlier pieces of a large value were
        throw new TornWrite(torn, new NoSpaceException("a segment", null));
    }

    /** One thread's keys and what they must hold. */
    private final class Writer {
        private final int thread;
        private final Random random;
        private final Map<String, byte @Nullable []> expected = new HashMap<>();

        Writer(int thread) {
            this.thread = thread;
            this.random = new Random(thread);
        }

        void run(int calls) throws Exception {
            for (int i = 0; i < calls; i++) {
                String name = thread + " " + random.nextInt(KEYS);
                byte[] key = name.getBytes(UTF_8);
                byte[] value = new byte[random.nextInt(20) == 0 ? Group.LARGE_VALUE + 1 + i : random.nextInt(3000)];
                random.nextBytes(value);
                try {
                    if (apply(name, key, value)) {
                        expected.put(name, value);
                    } else {
                        expected.put(name, null);
                    }
                } catch (StoreFullException e) {
                    // Then nothing has changed.
                }
                assertArrayEquals(expected.get(name), store.get(key), "call " + i + " on " + name);
            }
        }

        /** Returns whether the key has the value now; else it is absent. */
        private boolean apply(String name, byte[] key, byte[] value) throws Exception {
            WriteOptions how =
                    WriteOptions.defaults().durability(random.nextInt(4) == 0 ? Durability.SYNC : Durability.OS);
            boolean present = expected.get(name) != null;
            switch (random.nextInt(6)) {
                case 0:
                    assertEquals(present, store.delete(key, how) > 0);
                    return false;
                case 1:
                    Entry entry = store.getEntry(key);
                    assertTrue(store.compareAndSet(key, entry == null ? 0 : entry.version(), value, how) > 0);
                    return true;
                case 2:
                    assertEquals(
                            present, unwrapped(() -> store.deleteAsync(key, how).get()) > 0);
                    return false;
                case 3:
                    unwrapped(() -> store.putAsync(key, value, how).get());
                    return true;
                default:
                    store.put(key, value, how);
                    return true;
            }
        }

        private long unwrapped(java.util.concurrent.Callable<Long> call) throws Exception {
            try {
                return call.call();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof StoreFullException full) {
                    throw full;
                }
                throw e;
            }
        }
    }

    @Test
    void whatFailedNeverShowsAndWhatWasAcknowledgedAlwaysDoes() throws Exception {
        List<Writer> writers = new ArrayList<>();
        List<Background<Boolean>> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Writer writer = new Writer(t);
            writers.add(writer);
            threads.add(Background.start(() -> writer.run(300)));
        }
        AtomicBoolean stop = new AtomicBoolean();
        Background<Boolean> merger = Background.start(() -> {
            while (!stop.get()) {
                try {
                    store.merge();
                    store.sync();
                } catch (StoreFullException e) {
                    // The copies had no room.
                }
            }
        });
        for (Background<Boolean> thread : threads) {
            thread.join();
        }
        stop.set(true);
        merger.join();
        assertTrue(failures.get() > 50, failures + " appends failed");
        check(store, writers);
        // The very last append is written in full and fails all the same.
        failWhole.set(true);
        assertThrows(StoreFullException.class, () -> store.put("0 0".getBytes(UTF_8), "failed".getBytes(UTF_8)));
        Path copy = copyOfTheFiles();
        try (Stave killed = Stave.open(copy)) {
            check(killed, writers);
        }
        store.close();
        try (Stave reopened = Stave.open(path.resolve("store"))) {
            assertTrue(reopened.recoveryReport().clean());
            check(reopened, writers);
        }
    }

    /** What the next process finds after a kill; what is done in the background is held meanwhile. */
    private Path copyOfTheFiles() throws IOException {
        GateDirectory.Gate deletes = directory.hold(Act.DELETE, name -> true);
        GateDirectory.Gate renames = directory.hold(Act.RENAME, name -> true);
        Path copy = Files.createDirectory(path.resolve("copy"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path.resolve("store"))) {
            for (Path file : files) {
                try {
                    Files.copy(file, copy.resolve(file.getFileName()));
                } catch (NoSuchFileException e) {
                    // Its deletion was under way already.
                }
            }
        }
        directory.open(deletes);
        directory.open(renames);
        return copy;
    }

    private static void check(Stave store, List<Writer> writers) {
        for (Writer writer : writers) {
            writer.expected.forEach((name, value) -> assertArrayEquals(value, store.get(name.getBytes(UTF_8)), name));
        }
    }
}
