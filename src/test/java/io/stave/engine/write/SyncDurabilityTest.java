package io.stave.engine.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.base.Worker;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.RealDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is acknowledged and what is visible, and when (I1, I2): the force is held at a gate, and nothing may get past it. */
class SyncDurabilityTest {

    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);
    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] OTHER = "other".getBytes(UTF_8);

    @TempDir
    Path path;

    private GateDirectory directory;
    private Stave store;

    @BeforeEach
    void open() throws IOException {
        open(Options.defaults().mergePolicy(MergePolicy.manual()));
    }

    private void open(Options options) throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, options, false);
    }

    @AfterEach
    void close() throws Exception {
        Background.start(store::close).join();
    }

    private static byte[] value(int i) {
        return ("value " + i).getBytes(UTF_8);
    }

    private int forces() {
        return directory.count(Act.FORCE, GateDirectory::segment);
    }

    /** The segment is there, so that from now on a force is that of a group. */
    private GateDirectory.Gate holdForces() {
        store.put("first".getBytes(UTF_8), value(0));
        return directory.hold(Act.FORCE, GateDirectory::segment);
    }

    @Test
    void aPutIsNeitherAcknowledgedNorVisibleBeforeItsForce() throws Exception {
        long before = store.put(KEY, value(1));
        GateDirectory.Gate gate = holdForces();
        Background<Long> put = Background.run(() -> store.put(KEY, value(2)));
        gate.awaitArrivals(1);
        assertFalse(put.done());
        assertArrayEquals(value(1), store.get(KEY));
        assertEquals(before, store.getEntry(KEY).version());
        assertEquals(before, store.<Long>read(KEY, (value, version) -> version));
        directory.open(gate);
        assertEquals(put.join(), store.getEntry(KEY).version());
        assertArrayEquals(value(2), store.get(KEY));
    }

    @Test
    void aNewKeyIsNotVisibleBeforeItsForce() throws Exception {
        GateDirectory.Gate gate = holdForces();
        Background<Long> put = Background.run(() -> store.put(KEY, value(1)));
        gate.awaitArrivals(1);
        assertNull(store.get(KEY));
        assertNull(store.getEntry(KEY));
        assertFalse(store.contains(KEY));
        assertEquals(1, store.stats().keys());
        directory.open(gate);
        put.join();
        assertTrue(store.contains(KEY));
    }

    @Test
    void aDeleteIsNeitherAcknowledgedNorVisibleBeforeItsForce() throws Exception {
        store.put(KEY, value(1));
        GateDirectory.Gate gate = holdForces();
        Background<Long> delete = Background.run(() -> store.delete(KEY));
        gate.awaitArrivals(1);
        assertFalse(delete.done());
        assertTrue(store.contains(KEY));
        assertArrayEquals(value(1), store.get(KEY));
        directory.open(gate);
        assertTrue(delete.join() > 0);
        assertNull(store.get(KEY));
    }

    @Test
    void aFutureIsNotCompletedBeforeTheForce() throws Exception {
        GateDirectory.Gate gate = holdForces();
        CompletableFuture<Long> put = store.putAsync(KEY, value(1));
        gate.awaitArrivals(1);
        assertFalse(put.isDone());
        assertNull(store.get(KEY));
        directory.open(gate);
        assertEquals(put.get(60, TimeUnit.SECONDS), store.getEntry(KEY).version());
    }

    /** The writers behind a held force gather: one more force is enough for all of them. */
    @Test
    void writersShareAForce() throws Exception {
        GateDirectory.Gate gate = holdForces();
        Background<Long> leader = Background.run(() -> store.put(KEY, value(1)));
        gate.awaitArrivals(1);
        int held = forces();
        List<Background<Long>> followers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            byte[] key = ("key " + i).getBytes(UTF_8);
            followers.add(Background.run(() -> store.put(key, value(1))).awaitParkedOn(Outcome.class));
        }
        List<CompletableFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            futures.add(store.putAsync(("async " + i).getBytes(UTF_8), value(1)));
        }
        directory.open(gate);
        leader.join();
        for (Background<Long> follower : followers) {
            follower.join();
        }
        for (CompletableFuture<Long> future : futures) {
            future.get(60, TimeUnit.SECONDS);
        }
        assertEquals(held + 1, forces());
    }

    /** A weaker write in the same group waits for the stronger one: the group is published in one go. */
    @Test
    void aWeakWriteInAGroupThatIsForcedIsPublishedInOrder() throws Exception {
        GateDirectory.Gate gate = holdForces();
        Background<Long> leader = Background.run(() -> store.put(OTHER, value(1)));
        gate.awaitArrivals(1);
        Background<Long> strong = Background.run(() -> store.put(KEY, value(1))).awaitParkedOn(Outcome.class);
        Background<Long> weak =
                Background.run(() -> store.put(KEY, value(2), OS)).awaitParkedOn(Outcome.class);
        assertNull(store.get(KEY));
        int held = forces();
        directory.open(gate);
        leader.join();
        assertTrue(strong.join() < weak.join());
        assertArrayEquals(value(2), store.get(KEY));
        assertEquals(held + 1, forces(), "whatever is weaker behind it, the strong one is forced");
    }

    /** A weak write that comes while a strong one of the same key is forced must not be published before it. */
    @Test
    void aWeakWriteDoesNotOvertakeAStrongOne() throws Exception {
        GateDirectory.Gate gate = holdForces();
        Background<Long> strong = Background.run(() -> store.put(KEY, value(1)));
        gate.awaitArrivals(1);
        Background<Long> weak =
                Background.run(() -> store.put(KEY, value(2), OS)).awaitParkedOn(Outcome.class);
        assertFalse(weak.done());
        assertNull(store.get(KEY));
        directory.open(gate);
        assertTrue(strong.join() < weak.join());
        assertArrayEquals(value(2), store.get(KEY));
    }

    /** Its own segment could be forced, but an earlier one is not yet: a record is never more durable than one before it. */
    @Test
    void aForceCoversEverySegmentBefore() throws Exception {
        close();
        open(Options.defaults()
                .mergePolicy(MergePolicy.manual())
                .segmentLength(4096)
                .durability(Durability.OS));
        store.put(OTHER, new byte[4000]);
        GateDirectory.Gate gate = directory.hold(Act.FORCE, "0000000000000001.seg"::equals);
        store.put(OTHER, new byte[4000]);
        store.put(OTHER, new byte[4000]);
        gate.awaitArrivals(1); // the one who seals it
        Background<Long> put = Background.run(
                        () -> store.put(KEY, value(1), WriteOptions.defaults().durability(Durability.SYNC)))
                .awaitWaiting();
        assertFalse(put.done());
        assertNull(store.get(KEY));
        directory.open(gate);
        put.join();
        assertArrayEquals(value(1), store.get(KEY));
        assertTrue(directory.count(Act.FORCE, "0000000000000002.seg"::equals) >= 2, "the header, then the records");
    }

    @Test
    void osForcesOnlyWhenASegmentIsSealed() throws Exception {
        close();
        open(Options.defaults().mergePolicy(MergePolicy.manual()).durability(Durability.OS));
        for (int i = 0; i < 1000; i++) {
            store.put(KEY, value(i));
            store.delete(KEY);
        }
        assertEquals(1, forces(), "the header of the first segment");
        assertEquals(0, store.stats().commits().forces());
        store.merge();
        assertEquals(2, forces());
    }

    @Test
    void syncForcesWhateverTheDurability() throws Exception {
        close();
        open(Options.defaults().mergePolicy(MergePolicy.manual()).durability(Durability.OS));
        store.put(KEY, value(1));
        int before = forces();
        store.sync();
        assertEquals(before + 1, forces());
        store.sync();
        assertEquals(before + 1, forces(), "there was nothing to force");
        store.putAsync(KEY, value(2)).get(60, TimeUnit.SECONDS);
        GateDirectory.Gate gate = directory.hold(Act.FORCE, GateDirectory::segment);
        Background<Boolean> sync = Background.start(store::sync);
        gate.awaitArrivals(1);
        assertFalse(sync.done());
        directory.open(gate);
        sync.join();
        assertEquals(before + 2, forces());
    }

    @Test
    void intervalForcesWhatWasWritten() throws Exception {
        close();
        open(Options.defaults()
                .mergePolicy(MergePolicy.manual())
                .durability(Durability.interval(Duration.ofMillis(1))));
        for (int i = 0; i < 20; i++) {
            int before = forces();
            store.put(KEY, value(i));
            Background.await(() -> forces() > before);
        }
        assertTrue(forces() <= 1 + 20, "the header and each write: an interval without writes needs no force");
    }

    @Test
    void aShortIntervalIsNotHeldUpByALongOne() {
        store.put(KEY, value(0), WriteOptions.defaults().durability(Durability.interval(Duration.ofHours(1))));
        Background.await(SyncDurabilityTest::theForcerWaits);
        int before = forces();
        store.put(KEY, value(1), WriteOptions.defaults().durability(Durability.interval(Duration.ofMillis(2))));
        Background.await(() -> forces() > before);
    }

    /** It has seen the long interval: until then it would meet the short one without being woken. */
    private static boolean theForcerWaits() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("stave-force")
                        && thread.getState() == Thread.State.TIMED_WAITING
                        && LockSupport.getBlocker(thread) instanceof Worker);
    }

    /** Acknowledged at once, while the force of the interval is still running, and forced by the next. */
    @Test
    void writesDuringTheForceOfAnIntervalAreForcedByTheNext() throws Exception {
        close();
        open(Options.defaults()
                .mergePolicy(MergePolicy.manual())
                .durability(Durability.interval(Duration.ofMillis(1))));
        store.put(KEY, value(0));
        GateDirectory.Gate gate = directory.hold(Act.FORCE, GateDirectory::segment);
        store.put(KEY, value(1));
        gate.awaitArrivals(1);
        store.put(KEY, value(2));
        assertArrayEquals(value(2), store.get(KEY));
        int held = forces();
        directory.open(gate);
        Background.await(() -> forces() > held);
    }
}
