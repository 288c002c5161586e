package io.stave.crash;

import io.stave.Stave;
import io.stave.StoreFailedException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the threads of one workload share: the store, the end, and the one way to speak to the parent, a line on the standard output
 * that begins with a word.
 *
 * <ul>
 *   <li>{@code OPENING}, {@code OPENED}, {@code READY}, {@code WORKED}, {@code CLOSED}: how far it has come;
 *   <li>{@code STOPPED}: the store has stopped writing (I8);
 *   <li>{@code TROUBLE}: the store threw, which it may do when its disk fails and never else;
 *   <li>{@code VIOLATION}: something that must never be.
 * </ul>
 */
final class Run {

    static final String OPENING = "OPENING";
    static final String OPENED = "OPENED";
    static final String READY = "READY";
    static final String WORKED = "WORKED";
    static final String STOPPED = "STOPPED";
    static final String CLOSED = "CLOSED";
    static final String TROUBLE = "TROUBLE";
    static final String VIOLATION = "VIOLATION";

    /** So many writes are called work: they fill some segments of 64 KiB. */
    private static final int WORK = 400;

    final Settings settings;
    final Stave store;

    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final ConcurrentHashMap<String, Boolean> troubles = new ConcurrentHashMap<>();

    Run(Settings settings, Stave store) {
        this.settings = settings;
        this.store = store;
    }

    boolean ended() {
        return end.getCount() == 0;
    }

    void end() {
        end.countDown();
    }

    void awaitEnd() throws InterruptedException {
        end.await();
    }

    /** Waits, but not beyond the end. */
    void pause(long micros) {
        try {
            boolean unused = end.await(micros, TimeUnit.MICROSECONDS);
        } catch (InterruptedException e) {
            end();
        }
    }

    /** Notes that a write was acknowledged. */
    void acknowledged() {
        if (acknowledged.incrementAndGet() == WORK) {
            say(WORKED, WORK + " writes");
        }
    }

    /** Notes that the store has stopped writing. */
    void stopped(StoreFailedException e) {
        if (stopped.compareAndSet(false, true)) {
            say(STOPPED, e.getMessage());
        }
    }

    /** Notes that the store threw; each kind of trouble once. */
    void trouble(String where, Throwable e) {
        if (troubles.putIfAbsent(where + e.getClass(), true) == null) {
            say(TROUBLE, where + ' ' + e);
        }
    }

    void violation(String text) {
        say(VIOLATION, text);
    }

    static void say(String word, String text) {
        System.out.println(word + ' ' + text.replace('\n', '|'));
    }
}
