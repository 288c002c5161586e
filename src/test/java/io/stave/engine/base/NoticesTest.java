package io.stave.engine.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.stave.CorruptionException;
import io.stave.DiskRoom;
import io.stave.StoreListener;
import io.stave.engine.support.QuietLog;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(QuietLog.class)
class NoticesTest {

    private static final DiskRoom ROOM = new DiskRoom(DiskRoom.Level.LOW, 2, 1);

    private final AtomicInteger told = new AtomicInteger();

    @Test
    void whatASlowListenerCannotTakeIsDropped() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Notices notices = new Notices(
                Path.of("store"),
                new StoreListener() {
                    @Override
                    public void diskRoomChanged(DiskRoom room) {
                        told.incrementAndGet();
                        inside.countDown();
                        try {
                            release.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                },
                false);
        notices.room(ROOM);
        inside.await();
        for (int i = 0; i < Notices.MOST_WAITING + 500; i++) {
            notices.room(ROOM);
        }
        release.countDown();
        notices.close();
        assertEquals(1 + Notices.MOST_WAITING, told.get());
        notices.room(ROOM);
        assertEquals(1 + Notices.MOST_WAITING, told.get(), "nothing is told after the close");
    }

    @Test
    void eachDamagedPlaceIsToldOfOnceAndNotEndlesslyMany() {
        Notices notices = new Notices(
                Path.of("store"),
                new StoreListener() {
                    @Override
                    public void corrupted(CorruptionException damage) {
                        told.incrementAndGet();
                    }
                },
                true);
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 2 * Notices.MOST_PLACES; i++) {
                CorruptionException damage = new CorruptionException("7.seg", i, "this", "that");
                assertSame(damage, notices.corruption(damage));
            }
        }
        assertEquals(Notices.MOST_PLACES, told.get());
        notices.close();
    }
}
