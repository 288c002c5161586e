package io.stave.engine.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.base.Health;
import io.stave.engine.support.Background;
import io.stave.engine.support.QuietLog;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What readers may hold is freed when they have left, and never before (I9). */
@Timeout(60)
class ReclaimerTest {

    private final ReaderEpoch epoch = new ReaderEpoch();

    private Reclaimer reclaimer(boolean inline) {
        return new Reclaimer(epoch, new Health(), inline);
    }

    @Test
    void whatNobodyHoldsIsFreedAtOnce() {
        AtomicInteger freed = new AtomicInteger();
        reclaimer(true).retire(freed::incrementAndGet);
        assertEquals(1, freed.get());
    }

    @Test
    void whatAReaderMayHoldIsFreedWhenItHasLeft() {
        AtomicInteger freed = new AtomicInteger();
        Reclaimer reclaimer = reclaimer(false);
        int slot = epoch.enter();
        reclaimer.retire(freed::incrementAndGet);
        for (int i = 0; i < 50; i++) {
            assertEquals(1, epoch.reclaim());
        }
        assertEquals(0, freed.get());
        epoch.exit(slot);
        while (freed.get() == 0) {
            Thread.onSpinWait();
        }
        reclaimer.close();
        assertEquals(1, freed.get());
    }

    /** A merge waits here, and whoever closes the store waits for the merge. */
    @Test
    @ExtendWith(QuietLog.class)
    void whoWaitsIsNotForgottenWhenFreeingFails() throws Exception {
        Reclaimer reclaimer = reclaimer(false);
        for (int i = 0; i < 100; i++) {
            int slot = epoch.enter();
            reclaimer.retire(() -> {
                throw new IllegalStateException("of a test");
            });
            Background<Boolean> waiting = Background.start(reclaimer::await);
            epoch.exit(slot);
            waiting.join();
        }
        reclaimer.close();
    }

    /** What is freed after it has closed, the mappings of all segments, was never retired one by one. */
    @Test
    void closeWaitsForReadersThatAreInsideEvenIfNothingWasRetired() throws InterruptedException {
        Reclaimer reclaimer = reclaimer(false);
        int slot = epoch.enter();
        CountDownLatch closed = new CountDownLatch(1);
        Thread closing = new Thread(() -> {
            reclaimer.close();
            closed.countDown();
        });
        closing.start();
        while (closing.getState() != Thread.State.TIMED_WAITING && closing.getState() != Thread.State.WAITING) {
            assertEquals(1, closed.getCount(), "closed under a reader");
            Thread.onSpinWait();
        }
        assertEquals(1, closed.getCount(), "closed under a reader");
        epoch.exit(slot);
        closed.await();
        closing.join();
    }

    /** An error of the platform may strike a thread between its read and its leave. */
    @Test
    void closeGivesUpOnAReaderThatNeverLeavesAndFreesNothingThatItMayHold() {
        Reclaimer reclaimer = new Reclaimer(epoch, new Health(), false, 1_000_000);
        AtomicInteger freed = new AtomicInteger();
        int unused = epoch.enter();
        reclaimer.retire(freed::incrementAndGet);
        assertFalse(reclaimer.close());
        assertEquals(0, freed.get());
    }

    @Test
    void closeFreesEverything() {
        AtomicInteger freed = new AtomicInteger();
        Reclaimer reclaimer = reclaimer(false);
        for (int i = 0; i < 100; i++) {
            reclaimer.retire(freed::incrementAndGet);
        }
        reclaimer.close();
        assertEquals(100, freed.get());
        assertTrue(epoch.reclaim() == 0);
        assertFalse(Thread.currentThread().isInterrupted());
    }
}
