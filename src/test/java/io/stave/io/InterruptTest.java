package io.stave.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** I13: an interrupt of the calling thread affects no call, and no call affects the interrupt. */
class InterruptTest {
    private static final int INTERRUPTS = 1_500;
    private static final byte[] BYTES = StoreDirectoryContract.random(20_000);

    @TempDir
    Path path;

    /** A call, or a few that belong together, and a look at whether it was done. */
    private interface Call {
        void run(StoreDirectory directory) throws IOException;
    }

    @AfterEach
    void leaveNoFlagBehind() {
        boolean ignored = Thread.interrupted();
    }

    private static Map<String, Call> calls() {
        Map<String, Call> calls = new LinkedHashMap<>();
        calls.put("create, write, extend, force, close", d -> {
            try (WritableFile file = d.create("new")) {
                file.write(ByteBuffer.wrap(BYTES), 0);
                file.extend(30_000);
                file.force();
            }
            assertTrue(d.delete("new"));
        });
        calls.put("open, read, length, close", d -> {
            ByteBuffer target = ByteBuffer.allocate(BYTES.length);
            try (ReadableFile file = d.open("old")) {
                assertEquals(BYTES.length, file.length());
                assertEquals(BYTES.length, file.read(target, 0));
            }
            assertArrayEquals(BYTES, target.array());
        });
        calls.put("map, release", d -> {
            try (ReadableFile file = d.open("old")) {
                Mapping mapping = file.map(BYTES.length);
                assertEquals(BYTES[4711], mapping.buffer().get(4711));
                mapping.release();
            }
        });
        calls.put("allocate, release", d -> {
            Mapping memory = d.allocate(100_000);
            assertEquals(0, memory.buffer().getInt(99_996));
            memory.buffer().putInt(99_996, 1);
            memory.release();
        });
        calls.put("rename, exists, delete, truncate", d -> {
            StoreDirectoryContract.create(d, "from", BYTES);
            d.truncate("from", 10);
            d.rename("from", "to");
            assertTrue(d.exists("to"));
            assertTrue(d.delete("to"));
        });
        calls.put("force names, list, room", d -> {
            d.forceNames();
            assertTrue(d.list().contains("old"));
            assertTrue(d.usableBytes() > 0);
        });
        calls.put("lock", d -> {
            Closeable lock = d.tryLock("LOCK");
            assertNotNull(lock);
            lock.close();
        });
        return calls;
    }

    @TestFactory
    Stream<DynamicTest> interruptedThreadDoesItsWorkAndStaysInterrupted() {
        return Stream.of("real", "simulated").flatMap(kind -> calls().entrySet().stream()
                .map(call -> DynamicTest.dynamicTest(kind + ": " + call.getKey(), () -> {
                    Path own = path.resolve(kind + call.getKey().hashCode());
                    try (StoreDirectory directory =
                            kind.equals("real") ? RealDirectory.create(own) : new SimulatedDirectory()) {
                        StoreDirectoryContract.create(directory, "old", BYTES);
                        Thread.currentThread().interrupt();
                        call.getValue().run(directory);
                        assertTrue(Thread.interrupted(), "the flag was lost");
                        call.getValue().run(directory);
                        assertFalse(Thread.interrupted(), "a flag from nowhere");
                    }
                })));
    }

    @Test
    void directoryIsCreatedAndOpenedByAnInterruptedThread() throws IOException {
        Thread.currentThread().interrupt();
        try (StoreDirectory directory = RealDirectory.create(path.resolve("a/b"))) {
            directory.forceNames();
        }
        assertTrue(Thread.interrupted());
    }

    /**
     * Interrupts that come at any moment of any call. The next one comes only when the last one was seen, so one that is
     * swallowed ends the test by its time limit.
     */
    @Test
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void noInterruptHarmsACallAndNoneIsLost() throws Exception {
        AtomicInteger sent = new AtomicInteger();
        AtomicInteger seen = new AtomicInteger();
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread worker = new Thread(() -> {
            try {
                workUntilSeen(seen);
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        worker.start();
        while (sent.get() < INTERRUPTS && !done.isDone()) {
            if (sent.get() == seen.get()) {
                long until = System.nanoTime() + (sent.get() % 97) * 1_000L;
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                sent.incrementAndGet();
                worker.interrupt();
            }
        }
        done.get(60, TimeUnit.SECONDS);
        assertEquals(INTERRUPTS, seen.get());
    }

    private void workUntilSeen(AtomicInteger seen) throws IOException {
        Call[] all = calls().values().toArray(Call[]::new);
        try (StoreDirectory directory = RealDirectory.open(path)) {
            StoreDirectoryContract.create(directory, "old", BYTES);
            try (WritableFile writer = directory.create("long-lived")) {
                for (int round = 0; seen.get() < INTERRUPTS; round++) {
                    all[round % all.length].run(directory);
                    writer.write(ByteBuffer.wrap(BYTES), 0);
                    if (Thread.interrupted()) {
                        seen.incrementAndGet();
                    }
                }
                writer.force();
            }
        }
    }
}
