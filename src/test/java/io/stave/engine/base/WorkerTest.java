package io.stave.engine.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.support.Background;
import io.stave.engine.support.QuietLog;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(QuietLog.class)
class WorkerTest {

    private final Health health = new Health();
    private final AtomicInteger duties = new AtomicInteger();
    private final AtomicLong pause = new AtomicLong(Worker.NOT_BEFORE_WOKEN);
    private Worker worker = worker(false);

    private Worker worker(boolean inline) {
        return new Worker("stave-test", health, inline, () -> {
            duties.incrementAndGet();
            return pause.get();
        });
    }

    @AfterEach
    void close() {
        worker.close();
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    @Test
    void runsTasksInTheirOrderOnOneDaemonThread() throws Exception {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<Thread> last = new CompletableFuture<>();
        for (int i = 0; i < 1000; i++) {
            int number = i;
            worker.execute(() -> order.add(number));
        }
        worker.execute(() -> last.complete(Thread.currentThread()));
        Thread thread = get(last);
        assertNotSame(Thread.currentThread(), thread);
        assertTrue(thread.isDaemon());
        assertEquals("stave-test", thread.getName());
        assertEquals(java.util.stream.IntStream.range(0, 1000).boxed().toList(), order);
    }

    @Test
    void hasNoThreadBeforeItIsNeeded() {
        assertFalse(Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("stave-test")));
    }

    @Test
    void noTaskOfManyThreadsIsLost() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        List<Background<Boolean>> givers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            givers.add(Background.start(() -> {
                for (int i = 0; i < 500; i++) {
                    // Each waits for its own, so that the worker falls asleep all the time.
                    CompletableFuture<Integer> done = new CompletableFuture<>();
                    worker.execute(() -> done.complete(ran.incrementAndGet()));
                    get(done);
                }
            }));
        }
        for (Background<Boolean> giver : givers) {
            giver.join();
        }
        assertEquals(2000, ran.get());
    }

    @Test
    void closingRunsWhatIsLeft() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        worker.execute(() -> await(go));
        for (int i = 0; i < 100; i++) {
            worker.execute(ran::incrementAndGet);
        }
        Background<Boolean> closer = Background.start(worker::close).awaitWaiting();
        go.countDown();
        closer.join();
        assertEquals(100, ran.get());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void canBeClosedFromItsOwnThread() throws Exception {
        CompletableFuture<Thread> closed = new CompletableFuture<>();
        worker.execute(() -> {
            worker.close();
            closed.complete(Thread.currentThread());
        });
        Thread thread = get(closed);
        Background.await(() -> !thread.isAlive());
        assertFalse(health.failed());
    }

    @Test
    void canBeClosedBeforeItsFirstTaskAndTwice() {
        worker.close();
        worker.close();
    }

    @Test
    void anInterruptedCloserWaitsAndKeepsItsFlag() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        worker.execute(() -> await(go));
        worker.execute(ran::incrementAndGet);
        Background<Boolean> closer = Background.run(() -> {
            Thread.currentThread().interrupt();
            worker.close();
            assertEquals(1, ran.get());
            return Thread.currentThread().isInterrupted();
        });
        closer.awaitWaiting();
        go.countDown();
        assertTrue(closer.join());
    }

    /** A callback that was interrupted sets the flag again, as it should; the thread is ours all the same (I13). */
    @Test
    void survivesATaskThatLeavesTheInterruptFlag() throws Exception {
        CompletableFuture<Thread> first = new CompletableFuture<>();
        worker.execute(() -> {
            Thread.currentThread().interrupt();
            first.complete(Thread.currentThread());
        });
        Thread thread = get(first);
        for (int i = 0; i < 3; i++) {
            CompletableFuture<Boolean> next = new CompletableFuture<>();
            int before = duties.get();
            worker.execute(() -> next.complete(Thread.currentThread().isInterrupted()));
            assertFalse(get(next), "one task's flag is not the next one's");
            Background.await(() -> duties.get() > before);
        }
        assertTrue(thread.isAlive());
    }

    @Test
    void survivesAnInterruptFromOutside() throws Exception {
        CompletableFuture<Thread> first = new CompletableFuture<>();
        worker.execute(() -> first.complete(Thread.currentThread()));
        Thread thread = get(first);
        for (int i = 0; i < 200; i++) {
            thread.interrupt();
            CompletableFuture<Thread> next = new CompletableFuture<>();
            worker.execute(() -> next.complete(Thread.currentThread()));
            assertSame(thread, get(next));
        }
    }

    @Test
    void aTaskThatFailsStopsTheStoreAndNotTheWorker() throws Exception {
        for (Throwable failure : List.of(new IllegalStateException("of a test"), new OutOfMemoryError("of a test"))) {
            worker.execute(() -> sneak(failure));
            CompletableFuture<Boolean> next = new CompletableFuture<>();
            worker.execute(() -> next.complete(true));
            assertTrue(get(next));
        }
        assertTrue(health.failed());
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable failure) throws E {
        throw (E) failure;
    }

    @Test
    void isAwareOfItsOwnThread() throws Exception {
        assertFalse(worker.isCurrentThread());
        CompletableFuture<Boolean> own = new CompletableFuture<>();
        worker.execute(() -> own.complete(worker.isCurrentThread()));
        assertTrue(get(own));
    }

    @Test
    void callsItsDutyWhenWoken() {
        for (int i = 0; i < 200; i++) {
            int before = duties.get();
            worker.wake();
            Background.await(() -> duties.get() > before);
        }
    }

    @Test
    void callsItsDutyAgainWhenItIsDue() {
        pause.set(1);
        worker.wake();
        Background.await(() -> duties.get() > 20);
        pause.set(Worker.NOT_BEFORE_WOKEN);
    }

    @Test
    void inlineRunsEverythingOnTheCaller() {
        Worker inline = worker(true);
        List<Thread> threads = new ArrayList<>();
        inline.execute(() -> threads.add(Thread.currentThread()));
        assertEquals(List.of(Thread.currentThread()), threads);
        int before = duties.get();
        inline.wake();
        assertNotEquals(before, duties.get());
        inline.close();
    }
}
