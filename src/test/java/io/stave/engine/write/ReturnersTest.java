package io.stave.engine.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.base.NanoClock;
import org.junit.jupiter.api.Test;

/** A group waits for those who are likely to come back, never for long, and not for those who do not come. */
class ReturnersTest {

    private static final long FORCE = 200_000;
    private static final long PAUSE = 1_000;

    private long now;
    private int pauses;
    private int coming;

    private final NanoClock clock = new NanoClock() {
        @Override
        public long nanos() {
            return now;
        }

        @Override
        public void sleep(long nanos) {
            now += nanos;
        }
    };

    private final Returners returners = new Returners(clock, this::pause);

    private void pause() {
        pauses++;
        now += PAUSE;
        if (coming > 0) {
            coming--;
            returners.joined();
        }
    }

    /** A group of so many, none of whom has come back yet. */
    private void groupEnds(int writers) {
        for (int i = 0; i < writers; i++) {
            returners.joined();
        }
        returners.forced(FORCE);
        returners.left(writers);
    }

    private int pausesOfNextGroup() {
        pauses = 0;
        returners.await();
        return pauses;
    }

    @Test
    void theGroupGoesAsSoonAsAllHaveComeBack() {
        groupEnds(5);
        coming = 5;
        assertEquals(5, pausesOfNextGroup());
    }

    @Test
    void thoseWhoGatheredMeanwhileCountToo() {
        returners.joined();
        returners.joined();
        groupEnds(3);
        coming = 10;
        assertEquals(3, pausesOfNextGroup());
    }

    @Test
    void aSingleWriterNeverWaits() {
        for (int i = 0; i < 100; i++) {
            groupEnds(1);
            returners.joined();
            assertEquals(0, pausesOfNextGroup());
            returners.left(1);
        }
    }

    @Test
    void theWaitEndsAfterHalfAForce() {
        groupEnds(5);
        assertEquals(FORCE / 2 / PAUSE, pausesOfNextGroup());
    }

    @Test
    void aForceThatHangsMakesNoLongWait() {
        for (int i = 0; i < 3; i++) {
            returners.forced(30_000_000_000L);
        }
        returners.joined();
        returners.left(1);
        assertTrue(pausesOfNextGroup() <= 1_000);
    }

    @Test
    void nobodyWaitsBehindAGroupWithoutAForce() {
        groupEnds(5);
        returners.forced(0);
        coming = 5;
        assertEquals(0, pausesOfNextGroup());
    }

    @Test
    void waitingInVainIsLeftOutMoreAndMoreOften() {
        int waits = 0;
        for (int i = 0; i < 1_000; i++) {
            groupEnds(5);
            waits += pausesOfNextGroup() > 0 ? 1 : 0;
        }
        assertTrue(waits >= 15 && waits <= 25, waits + " waits");
    }

    @Test
    void whoIsWaitedForAgainIsNoticed() {
        for (int i = 0; i < 1_000; i++) {
            groupEnds(5);
            returners.await();
        }
        int waits = 0;
        for (int i = 0; i < 1_000; i++) {
            groupEnds(4);
            coming = 4;
            returners.await();
            waits += coming == 0 ? 1 : 0;
            for (; coming > 0; coming--) {
                returners.joined();
            }
            returners.left(4);
        }
        assertTrue(waits >= 900, waits + " waits");
    }

    @Test
    void mostComingBackIsEnough() {
        for (int i = 0; i < 100; i++) {
            groupEnds(4);
            coming = 3;
            assertTrue(pausesOfNextGroup() > 0, "group " + i);
            returners.left(3);
        }
    }
}
