package io.stave.engine.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.Durability;
import io.stave.Options;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.base.KeyBytes;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import io.stave.keydir.Fingerprint;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The groups of large batches, and the buffer that one leaves to the next. */
class LargeGroupsTest {

    private final LargeGroups groups = new LargeGroups();

    private static Write put(int key, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(4).putInt(0, key);
        return Write.put(
                KeyBytes.of(bytes),
                new Fingerprint(),
                ByteBuffer.allocate(length),
                0,
                Write.Condition.ALWAYS,
                0,
                Durability.OS);
    }

    @Test
    void theBufferOfOneIsTakenByTheNext() {
        Group first = groups.take(300_000, 2);
        first.addUnnumbered(put(1, 100_000), false);
        first.addUnnumbered(put(2, 100_000), true);
        first.reset();
        groups.keep(first);
        Group second = groups.take(310_000, 5000);
        assertSame(first, second, "about as long");
        assertTrue(second.isEmpty());
        for (int i = 0; i < 5000; i++) {
            second.addUnnumbered(put(i, 1), i == 4999);
        }
        assertEquals(5000, second.count());
        assertNotSame(second, groups.take(1000, 1), "it is in use");
    }

    @Test
    void oneThatIsTooShortGoes() {
        Group first = groups.take(300_000, 1);
        groups.keep(first);
        Group second = groups.take(3_000_000, 1);
        assertNotSame(first, second);
        groups.keep(second);
        assertSame(second, groups.take(300_000, 1));
    }

    @Test
    void noMoreThanFourMebibytesAreKept() {
        for (int bytes : new int[] {LargeGroups.MOST_KEPT - Group.FIRST, LargeGroups.MOST_KEPT}) {
            Group group = groups.take(bytes, 1);
            groups.keep(group);
            boolean kept = groups.take(bytes, 1) == group;
            assertEquals(bytes < LargeGroups.MOST_KEPT, kept, bytes + " bytes");
        }
    }

    private Group queueOne(Groups path) {
        Group group = groups.take(300_000, 1);
        group.addUnnumbered(put(1, 300_000 - 100), true);
        path.queue(group);
        return group;
    }

    /** It is reset only after it was taken out, and whoever prepares a batch takes one without the lock. */
    @Test
    void oneThatFailsBehindAnotherIsNotUsedAgain() {
        Groups path = new Groups(groups);
        Group waiting = queueOne(path);
        assertTrue(path.removeWaiting().contains(waiting));
        assertNotSame(waiting, groups.take(300_000, 1));
    }

    @Test
    void oneThatHasEndedIs() {
        Groups path = new Groups(groups);
        Group waiting = queueOne(path);
        assertSame(waiting, path.take());
        assertNotSame(waiting, groups.take(300_000, 1));
        waiting.reset();
        path.ended(waiting);
        assertSame(waiting, groups.take(300_000, 1));
    }

    /** What one batch has left in the buffer must not show through the next, shorter one. */
    @Test
    void batchesOfAllLengthsOneAfterTheOtherAreWhatTheyAre() {
        SimulatedDirectory directory = new SimulatedDirectory();
        Options options = Options.defaults().durability(Durability.OS);
        int[] lengths = {4000, 300, 3000, 30_000, 301, 299, 2000};
        try (Stave store = Engine.open(directory, options, true)) {
            for (int round = 0; round < lengths.length; round++) {
                Batch batch = new Batch();
                for (int i = 0; i < 1000 - round; i++) {
                    byte[] value = new byte[lengths[round] / (1 + i % 3)];
                    Arrays.fill(value, (byte) round);
                    batch.put(key(round, i), value);
                }
                store.apply(batch);
            }
        }
        try (Stave store = Engine.open(directory.afterCrash(CrashState.everything()), options, true)) {
            for (int round = 0; round < lengths.length; round++) {
                for (int i = 0; i < 1000 - round; i++) {
                    byte[] value = store.get(key(round, i));
                    assertEquals(lengths[round] / (1 + i % 3), value.length);
                    byte expected = (byte) round;
                    for (byte each : value) {
                        assertEquals(expected, each);
                    }
                }
                assertEquals(1000 * lengths.length - 21, store.stats().keys());
            }
        }
    }

    private static byte[] key(int round, int i) {
        return new byte[] {(byte) round, (byte) (i >> 8), (byte) i};
    }
}
