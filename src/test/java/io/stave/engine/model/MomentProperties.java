package io.stave.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.ReadOnlyStave;
import io.stave.Stave;
import io.stave.StaveReader;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.ReadOnlyEngine;
import io.stave.engine.support.Silence;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * Random lives of a writer, and readers beside it that are opened, refreshed and closed at random. The simulated disk turns what was
 * released into nonsense, and refuses to truncate what is mapped.
 */
class MomentProperties {

    private static final Options OPTIONS =
            Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());
    private static final int STEPS = 120;

    static {
        Silence.please();
    }

    @Property(tries = 120, shrinking = ShrinkingMode.OFF)
    void readersShowOneMomentOfTheHistoryAfterTheOther(@ForAll long seed) throws IOException {
        live(seed, false);
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void soTheyDoWithManyUnsealedSegments(@ForAll long seed) throws IOException {
        live(seed, true);
    }

    private static void live(long seed, boolean sealsLate) throws IOException {
        Life life = new Life(seed, sealsLate);
        for (int i = 0; i < STEPS; i++) {
            life.step();
        }
        life.end();
    }

    /** A write, in the order of the versions; a delete has no value. */
    private record Written(long version, int key, byte[] value) {}

    private static final class Life {
        private final Random random;
        private final boolean sealsLate;
        private final SimulatedDirectory disk = new SimulatedDirectory();
        private final List<Written> history = new ArrayList<>();
        private final List<Shown> readers = new ArrayList<>();
        private SimulatedProcess process;
        private Stave writer;

        /** All writes up to this version are forced, and up to that one certified. */
        private long forced;

        private long certified;
        private int number;

        Life(long seed, boolean sealsLate) {
            this.random = new Random(seed);
            this.sealsLate = sealsLate;
            openWriter();
        }

        void step() throws IOException {
            int choice = random.nextInt(100);
            if (choice < 45) {
                // A force would wait for the sealer, which holds the segment while it is being held.
                boolean weak = sealsLate || choice % 3 == 0;
                write(weak ? WriteOptions.defaults().durability(Durability.OS) : WriteOptions.defaults());
            } else if (choice < 48) {
                process.holdSealing(false);
                writer.sync();
                process.holdSealing(sealsLate);
                forced = last();
            } else if (choice < 55) {
                process.holdSealing(false);
                writer.merge();
                process.holdSealing(sealsLate);
                forced = last();
            } else if (choice < 58) {
                reopen();
            } else if (choice < 65) {
                readers.add(new Shown(ReadOnlyEngine.open(new SimulatedProcess(disk), OPTIONS, !sealsLate)));
                judge(readers.get(readers.size() - 1));
            } else if (choice < 68 && !readers.isEmpty()) {
                readers.remove(random.nextInt(readers.size())).reader.close();
            } else if (!readers.isEmpty()) {
                Shown shown = readers.get(random.nextInt(readers.size()));
                shown.isUnchanged();
                shown.reader.refresh();
                judge(shown);
            }
        }

        private void write(WriteOptions how) {
            int key = random.nextInt(Keys.COUNT);
            long before = forced;
            long version;
            if (random.nextInt(3) == 0) {
                version = writer.delete(Keys.key(key), how);
                if (version == Stave.NO_VERSION) {
                    return;
                }
                history.add(new Written(version, key, null));
            } else {
                byte[] value = Keys.value(++number, random.nextInt(900));
                version = writer.put(Keys.key(key), value, how);
                history.add(new Written(version, key, value));
            }
            certified = before;
            forced = how.durability() == null ? version : forced;
        }

        private void reopen() throws IOException {
            process.holdSealing(false);
            if (random.nextBoolean()) {
                writer.close();
            } else {
                process.kill();
            }
            openWriter();
            forced = last(); // a kill takes nothing back, and recovery forces and seals what it finds
            certified = forced;
        }

        private void openWriter() {
            process = new SimulatedProcess(disk);
            process.holdSealing(sealsLate);
            writer = Engine.open(process, OPTIONS, !sealsLate);
        }

        private long last() {
            return history.isEmpty() ? 0 : history.get(history.size() - 1).version;
        }

        /** It shows a moment of the history: not before the last one, all that is certified, nothing that a power cut could take back. */
        private void judge(Shown shown) {
            TreeMap<Integer, String> contents = contents(shown.reader);
            long version = shown.reader.version();
            assertTrue(version >= shown.version, "the version went back");
            shown.version = version;
            shown.contents = contents;
            long moment = latestMomentThatIs(contents);
            assertTrue(
                    moment >= Math.max(version, certified),
                    () -> "shows version " + version + ", which is " + moment + ", and certified is " + certified + ": "
                            + contents);
            try (Stave survivor = Engine.open(disk.afterCrash(CrashState.syncedOnly()), OPTIONS, true)) {
                assertTrue(
                        latestMomentThatIs(contents(survivor)) >= firstMomentThatIs(contents, version),
                        "a power cut takes back what was shown");
            }
        }

        private long latestMomentThatIs(TreeMap<Integer, String> contents) {
            return moments(contents).stream().mapToLong(m -> m).max().orElse(-1);
        }

        private long firstMomentThatIs(TreeMap<Integer, String> contents, long from) {
            return moments(contents).stream()
                    .mapToLong(m -> m)
                    .filter(m -> m >= from)
                    .min()
                    .orElseThrow();
        }

        /** The versions at which the store held just this. */
        private Collection<Long> moments(TreeMap<Integer, String> contents) {
            List<Long> moments = new ArrayList<>();
            TreeMap<Integer, String> state = new TreeMap<>();
            if (state.equals(contents)) {
                moments.add(0L);
            }
            for (Written write : history) {
                if (write.value == null) {
                    state.remove(write.key);
                } else {
                    state.put(write.key, Arrays.toString(write.value));
                }
                if (state.equals(contents)) {
                    moments.add(write.version);
                }
            }
            return moments;
        }

        void end() throws IOException {
            process.holdSealing(false);
            writer.close();
            for (Shown shown : readers) {
                shown.reader.refresh();
                assertEquals(last(), latestMomentThatIs(contents(shown.reader)), "a closed store is shown whole");
                shown.reader.close();
            }
            assertEquals(
                    List.of(),
                    disk.leaks().stream().map(Object::toString).collect(Collectors.toList()),
                    "nothing is left open or mapped");
        }
    }

    private static TreeMap<Integer, String> contents(StaveReader store) {
        TreeMap<Integer, String> contents = new TreeMap<>();
        for (int key = 0; key < Keys.COUNT; key++) {
            byte[] value = store.get(Keys.key(key));
            if (value != null) {
                contents.put(key, Arrays.toString(value));
            }
        }
        return contents;
    }

    /** A reader, and what it showed when it was judged last. */
    private static final class Shown {
        final ReadOnlyStave reader;
        long version;
        TreeMap<Integer, String> contents = new TreeMap<>();

        Shown(ReadOnlyStave reader) {
            this.reader = reader;
        }

        /** Whatever the writer did, killed, recovered and merged: until it is refreshed it shows the same. */
        void isUnchanged() {
            assertEquals(contents, contents(reader));
            assertEquals(version, reader.version());
        }
    }
}
