package io.stave.engine.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.RealDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interrupting a caller never harms the store: the call is carried through, and the flag is kept (I13). */
class InterruptedCallersTest {

    private static final Options SMALL =
            Options.defaults().mergePolicy(MergePolicy.manual()).segmentLength(4096);
    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] VALUE = "value".getBytes(UTF_8);

    @TempDir
    Path path;

    private GateDirectory directory;
    private Stave store;

    @BeforeEach
    void open() throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, SMALL, false);
    }

    @AfterEach
    void close() throws Exception {
        Thread.interrupted();
        Background.start(store::close).join();
    }

    private static byte[] key(int i) {
        return ("key " + i).getBytes(UTF_8);
    }

    /** Runs the call with the flag set, and takes the flag away. */
    private static <T> T interrupted(java.util.concurrent.Callable<T> call) throws Exception {
        Thread.currentThread().interrupt();
        T result = call.call();
        assertTrue(Thread.interrupted(), "the flag is kept");
        return result;
    }

    @Test
    void everyCallIsCarriedThrough() throws Exception {
        for (int i = 0; i < 60; i++) {
            int number = i;
            long version = interrupted(() -> store.put(key(number), new byte[300]));
            assertEquals(version, interrupted(() -> store.getEntry(key(number))).version());
            assertEquals(300, interrupted(() -> store.get(key(number))).length);
            int read = interrupted(() -> store.<Integer>read(key(number), (value, v) -> value.remaining()));
            assertEquals(300, read);
            long next = interrupted(() -> store.compareAndSet(key(number), version, VALUE));
            assertTrue(next > version);
            assertEquals(0, interrupted(() -> store.putIfAbsent(key(number), VALUE)));
            assertEquals(0, interrupted(() -> store.delete(key(number), version)));
            if (i % 3 == 0) {
                assertTrue(interrupted(() -> store.delete(key(number))) > next);
            }
            assertTrue(interrupted(() -> store.putAsync(KEY, VALUE)).get(60, TimeUnit.SECONDS) > next);
        }
        interrupted(() -> {
            store.put(KEY, VALUE, WriteOptions.defaults().durability(Durability.OS));
            store.sync();
            return true;
        });
        assertTrue(interrupted(() -> store.planMerge()).inputs().size() > 5);
        assertTrue(interrupted(() -> store.merge()).inputs().size() > 5);
        interrupted(() -> {
            store.close();
            return true;
        });
        assertEquals(0, directory.mappings());
        directory = new GateDirectory(RealDirectory.create(path));
        store = interrupted(() -> Engine.open(directory, SMALL, false));
        assertTrue(store.recoveryReport().clean());
        for (int i = 0; i < 60; i++) {
            if (i % 3 == 0) {
                assertNull(store.get(key(i)));
            } else {
                assertArrayEquals(VALUE, store.get(key(i)));
            }
        }
    }

    /** Interrupted in the middle of a force, of a wait for one, and of a wait for room. */
    @Test
    void aWriterThatIsInterruptedWhileItWaitsLearnsWhatBecameOfItsWrite() throws Exception {
        store.put(KEY, VALUE);
        GateDirectory.Gate gate = directory.hold(Act.FORCE, GateDirectory::segment);
        List<Background<Long>> writers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            byte[] value = new byte[1000];
            byte[] key = key(i);
            writers.add(Background.run(() -> {
                long version = store.put(key, value);
                assertTrue(Thread.interrupted());
                return version;
            }));
            if (i == 0) {
                gate.awaitArrivals(1);
            }
        }
        writers.forEach(Background::awaitWaiting);
        for (int round = 0; round < 3; round++) {
            writers.forEach(writer -> writer.thread().interrupt());
        }
        assertTrue(writers.stream().noneMatch(Background::done));
        directory.open(gate);
        for (int i = 0; i < 12; i++) {
            assertEquals(writers.get(i).join(), store.getEntry(key(i)).version());
        }
    }

    @Test
    void interruptsAtAnyTimeHarmNobody() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        List<Background<Boolean>> callers = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            int thread = t;
            callers.add(Background.start(() -> {
                for (int i = 0; i < 300; i++) {
                    byte[] key = key(1000 * thread + i % 40);
                    long version = store.put(key, new byte[i % 200]);
                    assertEquals(version, store.getEntry(key).version());
                    assertEquals(i % 200, store.get(key).length);
                    if (i % 100 == 50) {
                        store.merge();
                    }
                }
            }));
        }
        Background<Boolean> interrupter = Background.start(() -> {
            while (!stop.get()) {
                for (Background<Boolean> caller : callers) {
                    caller.thread().interrupt();
                    Thread.yield();
                }
            }
        });
        for (Background<Boolean> caller : callers) {
            caller.join();
        }
        stop.set(true);
        interrupter.join();
        assertNotNull(store.get(key(0)));
        store.close();
        store = Stave.open(path);
        assertTrue(store.recoveryReport().clean());
        for (int t = 0; t < 3; t++) {
            for (int i = 260; i < 300; i++) {
                assertEquals(i % 200, store.get(key(1000 * t + i % 40)).length);
            }
        }
    }
}
