package io.stave.engine.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.support.Background;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParallelTest {

    private static final List<Integer> PARTS = IntStream.range(0, 100).boxed().toList();

    @Test
    void eachPartIsDoneOnceByHoweverManyThreads() throws IOException {
        for (int threads : new int[] {0, 1, 2, 7, 1000}) {
            Set<Integer> done = ConcurrentHashMap.newKeySet();
            AtomicInteger runs = new AtomicInteger();
            Parallel.forEach("parallel", PARTS, threads, part -> {
                done.add(part);
                runs.incrementAndGet();
            });
            assertEquals(PARTS.size(), done.size());
            assertEquals(PARTS.size(), runs.get());
        }
        Parallel.forEach("parallel", List.of(), 3, part -> {
            throw new IOException("there is none");
        });
    }

    @Test
    void callingThreadIsOneOfThem() throws IOException {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        CyclicBarrier all = new CyclicBarrier(3);
        Parallel.forEach("parallel", List.of(1, 2, 3), 3, part -> {
            threads.add(Thread.currentThread());
            try {
                all.await(1, TimeUnit.MINUTES);
            } catch (Exception e) {
                throw new IOException(e);
            }
        });
        assertTrue(threads.contains(Thread.currentThread()));
        assertEquals(3, threads.size());
        threads.stream()
                .filter(thread -> thread != Thread.currentThread())
                .forEach(thread -> assertTrue(thread.getName().equals("parallel") && thread.isDaemon()));
    }

    @Test
    void oneThreadIsTheCallingOneAndKeepsTheOrder() throws IOException {
        StringBuilder order = new StringBuilder();
        Parallel.forEach("parallel", List.of("a", "b", "c"), 1, order::append);
        assertEquals("abc", order.toString());
    }

    @Test
    void nothingIsBegunAfterAFailure() {
        AtomicInteger runs = new AtomicInteger();
        IOException failure = new IOException("no");
        assertSame(
                failure,
                assertThrows(
                        IOException.class,
                        () -> Parallel.forEach("parallel", PARTS, 1, part -> {
                            if (runs.incrementAndGet() == 3) {
                                throw failure;
                            }
                        })));
        assertEquals(3, runs.get());
    }

    @Test
    void allThatRunAreWaitedForAndWhatFailedFirstIsThrown() {
        CyclicBarrier all = new CyclicBarrier(3);
        AtomicInteger ended = new AtomicInteger();
        IllegalStateException e = assertThrows(
                IllegalStateException.class,
                () -> Parallel.forEach("parallel", List.of(1, 2, 3), 3, part -> {
                    try {
                        all.await(1, TimeUnit.MINUTES);
                    } catch (Exception broken) {
                        throw new IOException(broken);
                    }
                    ended.incrementAndGet();
                    throw new IllegalStateException("part " + part);
                }));
        assertEquals(3, ended.get());
        assertEquals(2, e.getSuppressed().length);
    }

    /** Nobody may go on as if nothing were running: what runs may be writing where others are about to unmap. */
    @Test
    void whatStillRunsIsWaitedForWhenThereIsNoMemory() {
        Thread caller = Thread.currentThread();
        CyclicBarrier all = new CyclicBarrier(2);
        AtomicInteger ended = new AtomicInteger();
        OutOfMemoryError[] failures = {new OutOfMemoryError("one"), new OutOfMemoryError("another")};
        OutOfMemoryError e = assertThrows(
                OutOfMemoryError.class,
                () -> Parallel.forEach("parallel", List.of(0, 1), 2, part -> {
                    try {
                        all.await(1, TimeUnit.MINUTES);
                    } catch (Exception broken) {
                        throw new IOException(broken);
                    }
                    if (Thread.currentThread() != caller) {
                        Background.await(() -> caller.getState() == Thread.State.WAITING);
                        ended.incrementAndGet();
                    }
                    throw failures[part];
                }));
        assertEquals(1, ended.get());
        assertEquals(1, e.getSuppressed().length);
    }

    @Test
    void anErrorIsThrownAsItIs() {
        assertThrows(
                StackOverflowError.class,
                () -> Parallel.forEach("parallel", List.of(1, 2), 2, part -> {
                    throw new StackOverflowError();
                }));
    }
}
