package io.stave.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.DiskRoom;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.StoreFailedException;
import io.stave.StoreFullException;
import io.stave.StoreHealth;
import io.stave.engine.model.Keys;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.QuietLog;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a probe is told in each state that a store may be in. */
@ExtendWith(QuietLog.class)
class HealthReportTest {

    private static final Options OPTIONS =
            Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());

    private final SimulatedDirectory disk = new SimulatedDirectory();

    private Stave open() {
        return Engine.open(disk, OPTIONS, true);
    }

    @Test
    void storeThatDoesItsWorkIsReady() {
        try (Stave store = open()) {
            store.put(Keys.value(1, 8), Keys.value(1, 100));
            StoreHealth health = store.health();
            assertTrue(health.live());
            assertTrue(health.recovered());
            assertTrue(health.writable());
            assertTrue(health.lastForceSucceeded());
            assertTrue(health.diskHeadroom());
            assertTrue(health.ready());
            assertEquals(List.of(), health.problems());
            assertEquals("Ready", health.describe());
            DiskRoom room = health.disk();
            assertNotNull(room);
            assertEquals(DiskRoom.Level.AMPLE, room.level());
            assertTrue(room.spareBytes() > 0 && room.spareBytes() < room.usableBytes());
        }
    }

    @Test
    void closedStoreIsNotLive() {
        Stave store = open();
        store.close();
        StoreHealth health = store.health();
        assertFalse(health.live());
        assertFalse(health.recovered());
        assertFalse(health.writable());
        assertTrue(health.lastForceSucceeded());
        assertFalse(health.diskHeadroom());
        assertNull(health.disk());
        assertFalse(health.ready());
        assertEquals("Closed\n  The store " + disk.path() + " is closed. Open it again.", health.describe());
    }

    @Test
    void failedForceStopsWritesAndIsNamed() {
        try (Stave store = open()) {
            store.put(Keys.value(1, 8), Keys.value(1, 100));
            disk.failFrom(1, Fault.EIO.on(Fault.Call.FORCE));
            assertThrows(StoreFailedException.class, () -> store.put(Keys.value(2, 8), Keys.value(2, 100)));
            disk.heal();
            StoreHealth health = store.health();
            assertTrue(health.live());
            assertFalse(health.writable());
            assertFalse(health.lastForceSucceeded());
            assertTrue(health.diskHeadroom());
            assertFalse(health.ready());
            assertEquals(1, health.problems().size());
            String problem = health.problems().get(0);
            assertTrue(problem.contains(disk.path().toString()) && problem.contains("force failed"), problem);
            assertTrue(problem.contains("open it again"), problem);
            assertTrue(health.describe().startsWith("Live, but not ready\n"), health.describe());
        }
    }

    /** A write of which nobody knows how far it came stops the store as well, though no force failed. */
    @Test
    void anotherFailureStopsWritesButIsNoFailedForce() throws IOException {
        GateDirectory gated = new GateDirectory(disk);
        try (Stave store = Engine.open(gated, OPTIONS, true)) {
            store.put(Keys.value(1, 8), Keys.value(1, 100));
            GateDirectory.Rule broken = gated.rule((act, name, position, length) -> {
                if (act == GateDirectory.Act.WRITE) {
                    throw new IllegalStateException("nobody knows how much was written");
                }
            });
            assertThrows(StoreFailedException.class, () -> store.put(Keys.value(2, 8), Keys.value(2, 100)));
            StoreHealth health = store.health();
            assertFalse(health.writable());
            assertTrue(health.lastForceSucceeded());
            assertFalse(health.ready());
            gated.remove(broken);
        }
    }

    @Test
    void tightDiskIsToldOfBeforePutsAreRefused() {
        disk.capacity(120_000);
        try (Stave store = open()) {
            boolean low = false;
            int written = 0;
            try {
                while (written < 10_000) {
                    store.put(Keys.value(written, 8), Keys.value(written, 700));
                    written++;
                    low |= room(store).level() == DiskRoom.Level.LOW
                            && room(store).spareBytes() > 700;
                }
            } catch (StoreFullException e) {
                assertTrue(low, "the first put was refused without warning");
            }
            StoreHealth health = store.health();
            assertTrue(health.live() && health.writable() && health.lastForceSucceeded());
            assertFalse(health.diskHeadroom());
            assertFalse(health.ready());
            assertTrue(room(store).spareBytes() < 700, health::describe);
            assertTrue(health.problems().get(0).contains("is low"), health::describe);

            disk.takeWhatIsFree();
            assertEquals(DiskRoom.Level.EXHAUSTED, exhausted(store).level());

            disk.capacity(1 << 30);
            assertTrue(store.health().ready(), () -> store.health().describe());
        }
    }

    /** Deletes until they are refused too. */
    private DiskRoom exhausted(Stave store) {
        for (int i = 0; room(store).level() != DiskRoom.Level.EXHAUSTED; i++) {
            assertTrue(i < 1000, () -> room(store).toString());
            try {
                store.delete(Keys.value(i, 8));
            } catch (StoreFullException e) {
                break;
            }
        }
        return room(store);
    }

    private static DiskRoom room(Stave store) {
        DiskRoom room = store.health().disk();
        assertNotNull(room);
        return room;
    }

    @Test
    void diskThatCannotBeAskedHasNoHeadroom() {
        try (Stave store = open()) {
            disk.failFrom(1, Fault.EIO.on(Fault.Call.SPACE));
            StoreHealth health = store.health();
            assertTrue(health.live() && health.writable());
            assertNull(health.disk());
            assertFalse(health.ready());
            assertTrue(health.problems().get(0).startsWith("Nobody knows how much room"), health::describe);
            disk.heal();
            assertTrue(store.health().ready());
        }
    }

    @Test
    void damageIsNamedAndConcernsItsOwnKeyAlone() throws IOException {
        try (Stave store = open()) {
            for (int i = 0; i < 20; i++) {
                store.put(Keys.value(i, 8), Keys.value(i, 700));
            }
            store.delete(Keys.value(0, 8));
            SegmentStats first = store.stats().segments().get(0);
            byte[] bytes = disk.content(first.fileName());
            bytes[(int) first.length() - 100] ^= 1;
            disk.damage(first.fileName(), bytes);
            assertEquals(List.of(first.id()), store.merge(List.of(first.id())).damagedSegments());

            StoreHealth health = store.health();
            assertTrue(health.ready());
            assertEquals(1, health.problems().size());
            assertTrue(health.problems().get(0).contains(first.fileName()), health::describe);
        }
    }
}
