package io.stave.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A replay stands at every point where the directory stood, and crashes there as it would have. */
class ReplayTest {
    private static final int OPERATIONS = 120;

    private final SimulatedDirectory disk = new SimulatedDirectory().keepHistory();

    private static TreeMap<String, Integer> describe(SimulatedDirectory directory) throws IOException {
        TreeMap<String, Integer> all = new TreeMap<>();
        for (String name : directory.list()) {
            all.put(name, Arrays.hashCode(directory.content(name)));
        }
        return all;
    }

    /** One change; files stay open across renames and deletes, forces fail now and then. */
    private void change(SplittableRandom random, List<WritableFile> open) throws IOException {
        String name = "f" + random.nextInt(4);
        WritableFile file = open.isEmpty() ? null : open.get(random.nextInt(open.size()));
        if (random.nextInt(12) == 0) {
            disk.failAt(1, Fault.EIO.on(Fault.Call.FORCE, Fault.Call.FORCE_NAMES));
        }
        try {
            switch (random.nextInt(10)) {
                case 0 -> open.add(disk.create(name));
                case 1 -> disk.delete(name);
                case 2 -> disk.rename(name, "f" + random.nextInt(4));
                case 3 -> disk.forceNames();
                case 4 -> disk.truncate(name, random.nextInt(600));
                default -> {
                    if (file != null) {
                        byte[] bytes = new byte[random.nextInt(1, 1500)];
                        random.nextBytes(bytes);
                        file.write(ByteBuffer.wrap(bytes), random.nextInt(2000));
                        if (random.nextInt(3) == 0) {
                            file.force();
                        }
                    }
                }
            }
        } catch (IOException e) {
            // A name that is taken or missing, or a planned failure: what was done is in the log.
            disk.heal();
        }
    }

    @Test
    void replayAgreesWithTheDirectoryAtEveryPoint() throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        List<WritableFile> open = new ArrayList<>();
        List<List<TreeMap<String, Integer>>> expected = new ArrayList<>();
        List<Integer> points = new ArrayList<>();
        while (disk.operations() < OPERATIONS) {
            change(random, open);
            points.add(disk.operations());
            expected.add(crashes(disk));
        }
        assertTrue(disk.failures() > 3);
        Replay replay = disk.replay();
        for (int i = 0; i < points.size(); i++) {
            replay.to(points.get(i));
            List<TreeMap<String, Integer>> found = new ArrayList<>();
            for (int seed = -2; seed < 20; seed++) {
                found.add(describe(replay.afterCrash(state(seed))));
            }
            assertEquals(expected.get(i), found, "after " + points.get(i) + " operations");
        }
        assertEquals(describe(disk.afterCrash(state(3))), describe(replay.afterCrash(state(3))));
    }

    private static CrashState state(int seed) {
        return switch (seed) {
            case -2 -> CrashState.syncedOnly();
            case -1 -> CrashState.everything();
            default -> CrashState.random(seed);
        };
    }

    private static List<TreeMap<String, Integer>> crashes(SimulatedDirectory directory) throws IOException {
        List<TreeMap<String, Integer>> all = new ArrayList<>();
        for (int seed = -2; seed < 20; seed++) {
            all.add(describe(directory.afterCrash(state(seed))));
        }
        return all;
    }

    @Test
    void survivorOfACrashHasAHistoryOfItsOwn() throws IOException {
        try (WritableFile file = disk.create("a")) {
            file.write(ByteBuffer.wrap(new byte[] {1, 2}), 0);
        }
        SimulatedDirectory after = disk.crash(CrashState.everything()).keepHistory();
        after.truncate("a", 1);
        after.delete("a");
        Replay replay = after.replay();
        assertEquals(2, replay.afterCrash(CrashState.syncedOnly()).content("a").length);
        replay.step();
        assertEquals(1, replay.unsynced().size());
        replay.step();
        assertEquals(1, replay.afterCrash(CrashState.syncedOnly()).content("a").length);
        assertTrue(replay.hasNext());
        replay.step();
        assertEquals(List.of(), replay.afterCrash(CrashState.everything()).list());
        assertTrue(!replay.hasNext());
    }

    @Test
    void historyIsKeptFromTheBeginningOrNotAtAll() throws IOException {
        SimulatedDirectory other = new SimulatedDirectory();
        assertThrows(IllegalStateException.class, other::replay);
        other.create("a").close();
        assertThrows(IllegalStateException.class, other::keepHistory);
    }

    @Test
    void fewOperationsAreEnumeratedInEverySubset() throws IOException {
        try (WritableFile file = disk.create("a")) {
            file.write(ByteBuffer.wrap(new byte[1025]), 0);
        }
        List<String> states = CrashStates.of(disk.unsynced(), 2, 5).stream()
                .map(Object::toString)
                .toList();
        assertEquals(
                List.of(
                        "syncedOnly",
                        "everything",
                        "subset {0}",
                        "subset {1}",
                        "torn #1 at 512",
                        "torn #1 at 1024",
                        "torn #1 at 1024",
                        "lengthOnly #1",
                        "garbage #1 seed 5",
                        "random 5",
                        "random 6"),
                states);
    }

    @Test
    void manyOperationsAreEnumeratedOneByOne() throws IOException {
        for (int i = 0; i < 12; i++) {
            disk.create("f" + i).close();
        }
        assertEquals(4 + 3 * 12, CrashStates.of(disk.unsynced(), 0, 0).size());
    }
}
