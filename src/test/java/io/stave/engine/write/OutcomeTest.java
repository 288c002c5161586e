package io.stave.engine.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.support.Background;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class OutcomeTest {

    private final Outcome outcome = new Outcome();
    private final AtomicInteger led = new AtomicInteger();

    private Background<Boolean> waiter() {
        return Background.start(() -> outcome.await(led::incrementAndGet)).awaitParkedOn(Outcome.class);
    }

    private void complete(Background<Boolean> waiter, RuntimeException failure) {
        outcome.complete(failure);
        LockSupport.unpark(waiter.thread());
    }

    @Test
    void waitsUntilTheGroupHasEnded() throws Exception {
        Background<Boolean> waiter = waiter();
        assertFalse(waiter.done());
        complete(waiter, null);
        waiter.join();
        assertNull(outcome.failure());
        assertEquals(0, led.get());
        outcome.await(led::incrementAndGet);
    }

    @Test
    void tellsWhyItFailed() {
        RuntimeException failure = new IllegalStateException("of a test");
        outcome.complete(failure);
        outcome.await(led::incrementAndGet);
        assertSame(failure, outcome.failure());
    }

    @Test
    void whoIsAppointedLeadsOnce() throws Exception {
        Background<Boolean> other = waiter();
        Background<Boolean> chosen = Background.start(() -> outcome.await(() -> {
            assertEquals(1, led.incrementAndGet());
            outcome.complete(null);
        }));
        chosen.awaitParkedOn(Outcome.class);
        outcome.appoint(chosen.thread());
        LockSupport.unpark(other.thread());
        LockSupport.unpark(chosen.thread());
        chosen.join();
        LockSupport.unpark(other.thread());
        other.join();
        assertEquals(1, led.get());
    }

    @Test
    void aSpuriousWakeUpEndsNothing() throws Exception {
        Background<Boolean> waiter = waiter();
        for (int i = 0; i < 100; i++) {
            LockSupport.unpark(waiter.thread());
        }
        waiter.awaitParkedOn(Outcome.class);
        assertFalse(waiter.done());
        complete(waiter, null);
        waiter.join();
    }

    @Test
    void anInterruptEndsNothingAndIsKept() throws Exception {
        Background<Boolean> waiter = Background.run(() -> {
            outcome.await(led::incrementAndGet);
            return Thread.currentThread().isInterrupted();
        });
        waiter.awaitParkedOn(Outcome.class);
        waiter.thread().interrupt();
        Background.await(() -> !waiter.thread().isInterrupted());
        waiter.awaitParkedOn(Outcome.class);
        assertFalse(waiter.done());
        complete(waiter, null);
        assertTrue(waiter.join());
    }
}
