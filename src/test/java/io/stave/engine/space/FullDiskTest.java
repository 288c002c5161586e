package io.stave.engine.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreFullException;
import io.stave.engine.Engine;
import io.stave.engine.model.Held;
import io.stave.engine.model.Keys;
import io.stave.engine.model.StoreModel;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.QuietLog;
import io.stave.engine.write.Outcome;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A store on a full disk loses nothing, lives on, and can be emptied (I8). */
@ExtendWith(QuietLog.class)
class FullDiskTest {

    private static final Options OPTIONS = Options.defaults().segmentLength(4096);

    private final SimulatedDirectory directory = new SimulatedDirectory();

    private static Stave open(SimulatedDirectory directory) {
        return Engine.open(directory, OPTIONS, true);
    }

    /** Puts until the disk is full; returns how many puts were acknowledged. */
    private static int fill(Stave store, int from) {
        for (int i = from; ; i++) {
            try {
                store.put(Keys.value(i, 8), Keys.value(i, 700));
            } catch (StoreFullException e) {
                assertTrue(i < 10_000, "the disk is not full");
                return i;
            }
        }
    }

    private static void assertHolds(Stave store, int from, int to) {
        assertEquals(to - from, store.stats().keys());
        for (int i = from; i < to; i++) {
            assertTrue(store.contains(Keys.value(i, 8)), "key " + i);
        }
    }

    @Test
    void fullStoreCanBeEmptiedAndFilledAgain() {
        directory.capacity(120_000);
        try (Stave store = open(directory)) {
            int written = fill(store, 0);
            assertTrue(written > 100, "only " + written);
            for (int round = 0; round < 3; round++) {
                assertThrows(StoreFullException.class, () -> store.put(new byte[] {1}, new byte[700]));
                assertHolds(store, 0, written);
                for (int i = 0; i < written; i++) {
                    assertTrue(store.delete(Keys.value(i, 8)) > 0, "a full disk keeps nobody from deleting");
                    if (i % 30 == 29) {
                        // Deletes have some 4 KB of the reserve.
                        store.merge();
                    }
                }
                store.merge();
                assertEquals(0, store.stats().keys());
                int again = fill(store, 0);
                assertTrue(again > written * 9 / 10, () -> "room for " + again + " after " + store.stats());
                written = again;
            }
        }
        assertEquals(List.of(), directory.leaks());
    }

    /** The group is refused as a whole, for the sake of the put. */
    @Test
    void deleteIsNotRefusedForThePutThatItSharesAGroupWith() throws Exception {
        directory.capacity(120_000);
        GateDirectory gated = new GateDirectory(directory);
        try (Stave store = Engine.open(gated, OPTIONS.mergePolicy(MergePolicy.manual()), false)) {
            fill(store, 0);
            List<SegmentStats> segments = store.stats().segments();
            Background.await(() -> store.stats().segments().stream()
                            .filter(segment -> segment.state() == SegmentStats.State.SEALED)
                            .count()
                    >= segments.size() - 1); // their hints take room
            long capacity = 120_000;
            while (!takes(store, 10)) {
                capacity += 200;
                directory.capacity(capacity);
            }
            directory.capacity(capacity + 1000);
            GateDirectory.Gate gate = gated.hold(GateDirectory.Act.FORCE, GateDirectory::segment);
            Background<Long> leader = Background.run(() -> store.put(new byte[] {1}, new byte[10]));
            gate.awaitArrivals(1);
            Background<Long> put = Background.run(() -> store.put(new byte[] {2}, new byte[3000]))
                    .awaitParkedOn(Outcome.class);
            Background<Long> delete =
                    Background.run(() -> store.delete(Keys.value(0, 8))).awaitParkedOn(Outcome.class);
            gated.open(gate);
            assertTrue(leader.join() > 0);
            assertThrows(StoreFullException.class, put::join);
            assertTrue(delete.join() > 0);
            assertFalse(store.contains(Keys.value(0, 8)));
        }
        assertEquals(List.of(), directory.leaks());
    }

    private static boolean takes(Stave store, int length) {
        try {
            return store.put(new byte[] {1}, new byte[length]) > 0;
        } catch (StoreFullException e) {
            return false;
        }
    }

    /** Whatever there is in it, and however others fill the disk, deletes and merges empty the store; then it can be filled again. */
    @Test
    void whoeverTakesTheRestTheStoreCanBeEmptied() throws IOException {
        for (int seed = 0; seed < 12; seed++) {
            SimulatedDirectory disk = new SimulatedDirectory();
            disk.capacity(400_000);
            SplittableRandom random = new SplittableRandom(seed);
            int longest = random.nextBoolean() ? 40 : 3000;
            Options options = Options.defaults().segmentLength(4096L << random.nextInt(3));
            try (Stave store = Engine.open(disk, options, true)) {
                for (int round = 0; round < 2; round++) {
                    List<Integer> keys = fill(store, random, longest);
                    assertTrue(keys.size() > 50, "seed " + seed + ": room for " + keys.size());
                    takeAll(disk);
                    Collections.shuffle(keys, new Random(seed));
                    keys.forEach(key -> delete(store, key));
                    assertEquals(0, store.stats().keys());
                    disk.delete("other");
                }
            }
            assertEquals(List.of(), disk.leaks());
        }
    }

    private static List<Integer> fill(Stave store, SplittableRandom random, int longest) {
        List<Integer> keys = new ArrayList<>();
        while (true) {
            try {
                store.put(Keys.value(keys.size(), 8), Keys.value(keys.size(), random.nextInt(longest)));
                keys.add(keys.size());
            } catch (StoreFullException e) {
                if (store.merge().bytesReclaimed() < 50_000) {
                    return keys;
                }
            }
        }
    }

    private static void takeAll(SimulatedDirectory disk) throws IOException {
        try (var other = disk.create("other")) {
            other.write(ByteBuffer.allocate((int) disk.usableBytes()), 0);
        }
    }

    private static void delete(Stave store, int key) {
        try {
            assertTrue(store.delete(Keys.value(key, 8)) > 0, "key " + key);
        } catch (StoreFullException e) {
            store.merge();
            assertTrue(store.delete(Keys.value(key, 8)) > 0, "key " + key + " after a merge");
        }
    }

    /** Somebody else takes the last byte, at every length the disk can have. */
    @Test
    void whereverTheDiskEndsNothingAcknowledgedIsLost() throws IOException {
        for (long room = 0; room < 9000; room += 111) {
            SimulatedDirectory disk = new SimulatedDirectory();
            Map<Integer, Held> acknowledged = new TreeMap<>();
            Stave store = open(disk);
            store.put(Keys.key(0), new byte[10]);
            disk.capacity((1L << 40) - disk.usableBytes() + room);
            for (int i = 0; i < 40; i++) {
                byte[] value = Keys.value(i, 300 + i);
                try {
                    acknowledged.put(i % Keys.COUNT, new Held(store.put(Keys.key(i % Keys.COUNT), value), value));
                } catch (StoreFullException e) {
                    acknowledged.putIfAbsent(0, new Held(1, new byte[10]));
                }
                if (i % 10 == 9) {
                    attempt(store::merge);
                }
            }
            assertEquals(acknowledged, StoreModel.contents(store));
            attempt(store::close);
            assertEquals(List.of(), disk.leaks(), "room " + room);
            SimulatedDirectory after = disk.afterCrash(CrashState.syncedOnly());
            after.capacity(1 << 20);
            try (Stave recovered = open(after)) {
                assertEquals(acknowledged, StoreModel.contents(recovered), "room " + room);
            }
        }
    }

    private static void attempt(Runnable action) {
        try {
            action.run();
        } catch (StaveException e) {
            assertFalse(String.valueOf(e.getMessage()).isBlank());
        }
    }

    @Test
    void storeThatFailedForWantOfRoomLeavesNoFilesBehind() throws IOException {
        directory.capacity(60_000);
        try (Stave store = open(directory)) {
            fill(store, 0);
            directory.capacity(60_000 - directory.usableBytes());
            long files = directory.list().size();
            for (int i = 0; i < 50; i++) {
                attempt(() -> store.put(Keys.key(1), new byte[4000]));
                attempt(() -> store.delete(Keys.value(1, 8)));
                attempt(store::merge);
            }
            assertTrue(
                    directory.list().size() <= files + 2, () -> directory.log().toString());
        }
    }
}
