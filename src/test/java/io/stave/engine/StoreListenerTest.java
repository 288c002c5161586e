package io.stave.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.DiskRoom;
import io.stave.MergePolicy;
import io.stave.MergeReport;
import io.stave.Options;
import io.stave.ReadOnlyStave;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.StoreFailedException;
import io.stave.StoreFullException;
import io.stave.StoreListener;
import io.stave.engine.model.Keys;
import io.stave.engine.support.Background;
import io.stave.engine.support.QuietLog;
import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a listener is told, on which thread and in which order, and what it may do. */
@ExtendWith(QuietLog.class)
class StoreListenerTest {

    private static final Options OPTIONS =
            Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());

    private SimulatedDirectory disk = new SimulatedDirectory();
    private final List<Object> heard = Collections.synchronizedList(new ArrayList<>());
    private final List<String> threads = Collections.synchronizedList(new ArrayList<>());

    /** Writes down what it hears, then does something else. */
    private class Recorder implements StoreListener {
        void then(Object notice) {}

        private void hear(Object notice) {
            heard.add(notice);
            threads.add(Thread.currentThread().getName());
            then(notice);
        }

        @Override
        public void rolled(Roll roll) {
            hear(roll);
        }

        @Override
        public void merged(MergeReport report) {
            hear(report);
        }

        @Override
        public void corrupted(CorruptionException damage) {
            hear(damage);
        }

        @Override
        public void diskRoomChanged(DiskRoom room) {
            hear(room);
        }

        @Override
        public void stopped(StoreFailedException failure) {
            hear(failure);
        }
    }

    private Stave open(StoreListener listener) {
        return Engine.open(disk, OPTIONS.listener(listener), false);
    }

    private static void put(Stave store, int from, int to) {
        for (int i = from; i < to; i++) {
            store.put(Keys.value(i, 8), Keys.value(i, 700));
        }
    }

    /** A directory is closed with its store: this is the same disk for the next one. */
    private void plugInAgain() {
        disk = disk.crash(CrashState.everything());
    }

    private <T> List<T> heard(Class<T> type) {
        synchronized (heard) {
            return heard.stream().filter(type::isInstance).map(type::cast).toList();
        }
    }

    private String damage(SegmentStats first) throws IOException {
        byte[] bytes = disk.content(first.fileName());
        bytes[(int) first.length() - 100] ^= 1;
        disk.damage(first.fileName(), bytes);
        return first.fileName();
    }

    @Test
    void rollsAndMergesAreToldInOrderOnOneThreadBeforeTheCloseReturns() {
        MergeReport report;
        List<SegmentStats> segments;
        try (Stave store = open(new Recorder())) {
            put(store, 0, 20);
            segments = store.stats().segments();
            put(store, 0, 20);
            report = store.merge();
        }
        List<StoreListener.Roll> rolls = heard(StoreListener.Roll.class);
        assertTrue(rolls.size() >= 6, heard::toString);
        for (int i = 1; i < segments.size(); i++) {
            StoreListener.Roll roll = rolls.get(i - 1);
            assertEquals(segments.get(i).fileName(), roll.fileName());
            assertEquals(segments.get(i - 1).fileName(), roll.previous());
            assertEquals(segments.get(i - 1).length(), roll.previousLength());
            assertTrue(roll.nanos() > 0);
        }
        MergeReport told = heard(MergeReport.class).get(0);
        assertEquals(report.inputs(), told.inputs());
        assertEquals(report.bytesReclaimed(), told.bytesReclaimed());
        assertEquals(rolls.size() + 1, heard.size());
        assertSame(told, heard.get(heard.size() - 1), "it came last");
        assertEquals(List.of("stave-notify"), threads.stream().distinct().toList());
    }

    @Test
    void mergesOfTheBackgroundAreToldOf() {
        Options options = OPTIONS.mergePolicy(MergePolicy.automatic()).listener(new Recorder());
        try (Stave store = Engine.open(disk, options, false)) {
            Background.await(() -> {
                put(store, 0, 50);
                return !heard(MergeReport.class).isEmpty();
            });
        }
        assertFalse(heard(MergeReport.class).get(0).isEmpty());
    }

    @Test
    void damageThatAMergeMeetsIsToldOf() throws IOException {
        String file;
        try (Stave store = open(new Recorder())) {
            put(store, 0, 20);
            SegmentStats first = store.stats().segments().get(0);
            put(store, 0, 1); // there must be something to reclaim
            file = damage(first);
            assertEquals(List.of(first.id()), store.merge(List.of(first.id())).damagedSegments());
        }
        assertEquals(1, heard(CorruptionException.class).size(), heard::toString);
        assertEquals(file, heard(CorruptionException.class).get(0).file());
    }

    @Test
    void damageThatReadsAndSnapshotsMeetIsToldOfOncePerPlace() throws IOException {
        SegmentStats first;
        try (Stave store = open(StoreListener.NONE)) {
            put(store, 0, 20);
            first = store.stats().segments().get(0);
        }
        plugInAgain();
        String file = damage(first);
        int met = 0;
        try (Stave store = open(new Recorder())) {
            for (int i = 0; i < 40; i++) {
                try {
                    assertNotNull(store.get(Keys.value(i % 20, 8)));
                } catch (CorruptionException e) {
                    met++;
                }
            }
            assertEquals(2, met);
            Background.await(() -> heard(CorruptionException.class).size() == 1);
        }
        assertEquals(1, heard(CorruptionException.class).size(), heard::toString);
        assertEquals(file, heard(CorruptionException.class).get(0).file());
        heard.clear();
        plugInAgain();
        try (ReadOnlyStave reader = ReadOnlyEngine.open(disk, OPTIONS.listener(new Recorder()), false)) {
            for (int i = 0; i < 20; i++) {
                byte[] key = Keys.value(i, 8);
                try {
                    reader.get(key);
                } catch (CorruptionException e) {
                    met++;
                }
            }
        }
        assertEquals(3, met);
        assertEquals(1, heard(CorruptionException.class).size(), heard::toString);
        heard.clear();
        plugInAgain();
        try (Stave store = open(new Recorder());
                var snapshot = store.snapshot();
                var entries = snapshot.entries()) {
            assertThrows(CorruptionException.class, () -> {
                while (entries.hasNext()) {
                    entries.next();
                }
            });
        }
        assertEquals(1, heard(CorruptionException.class).size(), heard::toString);
    }

    @Test
    void diskThatGetsLowAndHasRoomAgainIsToldOf() {
        disk.capacity(120_000);
        try (Stave store = open(new Recorder())) {
            assertThrows(StoreFullException.class, () -> put(store, 0, 10_000));
            Background.await(() -> !heard(DiskRoom.class).isEmpty());
            disk.capacity(1 << 30);
            put(store, 0, 20);
        }
        List<DiskRoom> rooms = heard(DiskRoom.class);
        assertEquals(DiskRoom.Level.LOW, rooms.get(0).level());
        assertEquals(DiskRoom.Level.AMPLE, rooms.get(rooms.size() - 1).level());
        assertTrue(rooms.get(0).usableBytes() <= 120_000);
    }

    @Test
    void stoppedStoreIsToldOfOnceWithTheFirstFailure() {
        try (Stave store = open(new Recorder())) {
            put(store, 0, 1);
            disk.failFrom(1, Fault.EIO.on(Fault.Call.FORCE));
            StoreFailedException first = assertThrows(StoreFailedException.class, () -> put(store, 1, 2));
            assertThrows(StoreFailedException.class, () -> put(store, 2, 3));
            disk.heal();
            Background.await(() -> !heard(StoreFailedException.class).isEmpty());
            assertSame(
                    first.getCause(), heard(StoreFailedException.class).get(0).getCause());
        }
        assertEquals(1, heard(StoreFailedException.class).size());
    }

    @Test
    void listenerThatThrowsHarmsNothingAndHearsOn() {
        StoreListener broken = new Recorder() {
            @Override
            void then(Object notice) {
                if (heard.size() % 2 == 0) {
                    throw new AssertionError("broken");
                }
                throw new IllegalStateException("broken");
            }
        };
        try (Stave store = open(broken)) {
            put(store, 0, 20);
            put(store, 0, 20);
            assertFalse(store.merge().isEmpty());
            assertTrue(store.health().ready(), () -> store.health().describe());
            assertEquals(20, store.stats().keys());
        }
        assertFalse(heard(MergeReport.class).isEmpty());
        assertTrue(heard.size() > 5);
        plugInAgain();
        try (Stave store = open(StoreListener.NONE)) {
            assertEquals(20, store.stats().keys());
        }
    }

    @Test
    void listenerThatHangsHoldsNobodyUp() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        StoreListener slow = new Recorder() {
            @Override
            void then(Object notice) {
                try {
                    hangs.countDown();
                    release.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        Stave store = open(slow);
        put(store, 0, 40);
        assertFalse(store.merge(List.of(store.stats().segments().get(0).id()))
                        .inputs()
                        .size()
                > 1);
        assertNotNull(store.get(Keys.value(7, 8)));
        hangs.await();
        assertEquals(1, heard.size(), "it hangs in the first");
        Background<Boolean> close = Background.start(store::close).awaitWaiting();
        assertFalse(close.done(), "the close waits until all is told");
        release.countDown();
        close.join();
        assertTrue(heard.size() > 5);
    }

    @Test
    void listenerMayCallTheStore() {
        AtomicReference<Stave> opened = new AtomicReference<>();
        StoreListener calling = new Recorder() {
            @Override
            void then(Object notice) {
                Stave store = opened.get();
                if (store != null && notice instanceof MergeReport) {
                    store.put(Keys.value(1000, 8), Keys.value(1, 10));
                    store.merge();
                    store.close();
                }
            }
        };
        Stave store = open(calling);
        opened.set(store);
        put(store, 0, 20);
        put(store, 0, 20);
        store.merge();
        Background.await(() -> !store.health().live());
        store.close();
        plugInAgain();
        try (Stave again = open(StoreListener.NONE)) {
            assertEquals(21, again.stats().keys());
        }
    }

    @Test
    void withoutAListenerThereIsNoThread() {
        try (Stave store = open(StoreListener.NONE)) {
            put(store, 0, 20);
            assertTrue(Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("stave-notify")));
        }
    }
}
