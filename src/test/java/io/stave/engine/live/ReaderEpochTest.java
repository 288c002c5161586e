package io.stave.engine.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.base.Health;
import io.stave.engine.support.Background;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ReaderEpochTest {

    private final ReaderEpoch epoch = new ReaderEpoch();
    private final AtomicInteger freed = new AtomicInteger();

    private int reclaimAll() {
        int waiting = 1;
        for (int i = 0; i < 5 && waiting > 0; i++) {
            waiting = epoch.reclaim();
        }
        return waiting;
    }

    @Test
    void freesWhenNobodyIsInside() {
        epoch.retire(freed::incrementAndGet);
        assertEquals(0, reclaimAll());
        assertEquals(1, freed.get());
        assertEquals(0, epoch.reclaim(), "there is nothing left");
        assertEquals(1, freed.get());
    }

    @Test
    void freesNothingWhileAReaderThatCameBeforeIsInside() {
        int slot = epoch.enter();
        epoch.retire(freed::incrementAndGet);
        assertEquals(1, reclaimAll());
        assertEquals(0, freed.get());
        epoch.exit(slot);
        assertEquals(0, reclaimAll());
        assertEquals(1, freed.get());
    }

    @Test
    void oneThatThrowsKeepsNoOtherFromBeingFreed() {
        IllegalStateException failure = new IllegalStateException("not freed");
        epoch.retire(() -> {
            throw failure;
        });
        epoch.retire(freed::incrementAndGet);
        assertSame(failure, assertThrows(IllegalStateException.class, this::reclaimAll));
        assertEquals(0, reclaimAll());
        assertEquals(1, freed.get());
    }

    @Test
    void readersThatComeAfterwardsDoNotHoldItUp() {
        epoch.retire(freed::incrementAndGet);
        for (int i = 0; i < 5 && freed.get() == 0; i++) {
            // There is always one inside, each time another.
            int slot = epoch.enter();
            epoch.reclaim();
            int next = epoch.enter();
            epoch.exit(slot);
            epoch.reclaim();
            epoch.exit(next);
        }
        assertEquals(1, freed.get());
    }

    @Test
    void whatIsRetiredWhileAnOldReaderIsInsideWaitsForIt() {
        int old = epoch.enter();
        for (int i = 0; i < 10; i++) {
            epoch.retire(freed::incrementAndGet);
            epoch.exit(epoch.enter());
            epoch.reclaim();
        }
        assertEquals(0, freed.get());
        epoch.exit(old);
        assertEquals(0, reclaimAll());
        assertEquals(10, freed.get());
    }

    @Test
    void readersNest() {
        int outer = epoch.enter();
        int inner = epoch.enter();
        epoch.retire(freed::incrementAndGet);
        epoch.exit(outer);
        assertEquals(1, reclaimAll());
        epoch.exit(inner);
        assertEquals(0, reclaimAll());
    }

    @Test
    void freesInTheOrderOfRetirement() {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            epoch.retire(() -> order.add(number));
        }
        reclaimAll();
        assertEquals(List.of(0, 1, 2, 3, 4), order);
    }

    /** A thing that says whether it was freed: what a reader holds never is. */
    private static final class Thing {
        volatile boolean freed;
    }

    @Test
    void nothingIsFreedUnderAReaderAndEverythingInTheEnd() throws Exception {
        AtomicReference<Thing> current = new AtomicReference<>(new Thing());
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger retired = new AtomicInteger();
        List<Background<Boolean>> readers = new ArrayList<>();
        for (int t = 0; t < 6; t++) {
            int pauses = t;
            readers.add(Background.start(() -> {
                while (!stop.get()) {
                    int slot = epoch.enter();
                    Thing thing = current.get();
                    for (int i = 0; i <= 20 * pauses; i++) {
                        assertFalse(thing.freed);
                        Thread.onSpinWait();
                    }
                    if (pauses == 5) {
                        Thread.yield();
                        assertFalse(thing.freed);
                    }
                    epoch.exit(slot);
                }
            }));
        }
        Background<Boolean> reclaimer = Background.start(() -> {
            while (!stop.get()) {
                epoch.reclaim();
            }
        });
        for (int i = 0; i < 30_000 && readers.stream().noneMatch(Background::done); i++) {
            Thing before = current.getAndSet(new Thing());
            retired.incrementAndGet();
            epoch.retire(() -> {
                before.freed = true;
                freed.incrementAndGet();
            });
        }
        // Everything is freed although readers come and go.
        Background.await(() -> freed.get() == retired.get() || readers.stream().anyMatch(Background::done));
        stop.set(true);
        for (Background<Boolean> reader : readers) {
            reader.join();
        }
        reclaimer.join();
        assertEquals(30_000, freed.get());
    }

    @Test
    void aReclaimerWaitsForTheReadersInsideWhenItIsClosed() throws Exception {
        for (boolean inline : new boolean[] {true, false}) {
            Reclaimer reclaimer = new Reclaimer(epoch, new Health(), inline);
            reclaimer.retire(freed::incrementAndGet);
            int slot = epoch.enter();
            Background<Boolean> closer = Background.start(reclaimer::close);
            closer.awaitWaiting();
            assertFalse(closer.done());
            epoch.exit(slot);
            assertTrue(closer.join());
        }
        assertEquals(2, freed.get());
    }

    @Test
    void aReclaimerFreesInTheBackgroundAsSoonAsTheReadersHaveLeft() {
        Reclaimer reclaimer = new Reclaimer(epoch, new Health(), false);
        for (int i = 1; i <= 50; i++) {
            int slot = epoch.enter();
            reclaimer.retire(freed::incrementAndGet);
            assertEquals(i - 1, freed.get());
            epoch.exit(slot);
            int expected = i;
            Background.await(() -> freed.get() == expected);
        }
        reclaimer.close();
    }
}
