package io.stave.engine.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.Durability;
import io.stave.Options;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.GateDirectory.Gate;
import io.stave.engine.support.QuietLog;
import io.stave.io.CrashState;
import io.stave.io.Operation;
import io.stave.io.SimulatedDirectory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A certificate vouches for what was forced and for nothing more: or a crash would look like corruption, or corruption like a crash (I4). */
@Timeout(60)
@ExtendWith(QuietLog.class)
class CertificateTest {

    private static final Options OPTIONS = Options.defaults().segmentLength(4096);
    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);
    private static final WriteOptions SOON =
            WriteOptions.defaults().durability(Durability.interval(Duration.ofMillis(1)));
    private static final String FIRST = "0000000000000001.seg";

    private final SimulatedDirectory files = new SimulatedDirectory();
    private final GateDirectory directory = new GateDirectory(files);
    private final Stave store = Engine.open(directory, OPTIONS, false);

    private static byte[] key(int i) {
        return new byte[] {(byte) i};
    }

    private List<Operation> unsyncedWrites() {
        return files.unsynced().stream()
                .filter(op -> op.kind() == Operation.Kind.WRITE && GateDirectory.segment(op.name()))
                .toList();
    }

    private static Stave open(SimulatedDirectory directory) {
        return Engine.open(directory, OPTIONS, true);
    }

    /** What is appended while a force runs is not part of it. */
    @Test
    void recordThatWasAppendedDuringTheForceIsNotCertified() throws InterruptedException {
        store.put(key(1), new byte[10], OS);
        Gate force = directory.hold(Act.FORCE, FIRST::equals);
        store.put(key(2), new byte[10], SOON);
        force.awaitArrivals(1);
        store.put(key(3), new byte[10], OS);
        directory.open(force);
        while (store.stats().commits().forces() == 0) {
            Thread.onSpinWait();
        }
        // The simulation forces what is there when the force is done: so what came during it is durable too, and only
        // this is not.
        store.put(key(4), new byte[10], OS);
        List<Operation> unsynced = unsyncedWrites();
        assertEquals(1, unsynced.size());
        byte[] written = contentOf(unsynced.get(0));
        assertEquals(20 + 31, written.length, "a certificate and a record");
        long certified = java.nio.ByteBuffer.wrap(written)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getLong(8);
        assertEquals(64 + 20 + 31 + 31, certified, "what the force was asked for, without what came during it");
        store.close();
    }

    private byte[] contentOf(Operation write) {
        try {
            byte[] content = files.content(write.name());
            return java.util.Arrays.copyOfRange(content, write.position(), write.position() + write.length());
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Two segments that are not forced, the sealer being held: any mix of what was written of them is a crash and no corruption. */
    @Test
    void newSegmentDoesNotCertifyTheOneBeforeUnlessThatWasForced() throws InterruptedException {
        Gate sealer = twoSegments();
        for (Operation lost : unsyncedWrites()) {
            SimulatedDirectory after = files.afterCrash(CrashState.without(lost.index()));
            try (Stave recovered = open(after)) {
                for (int i = 1; i <= 4; i++) {
                    boolean before = i <= recovered.stats().keys();
                    assertEquals(before, recovered.contains(key(i)), "a hole: without " + lost);
                }
            }
        }
        directory.open(sealer);
        store.close();
    }

    /** The tail of the first segment was never written and looks like its end; the records of the second must not outlive it. */
    @Test
    void lostTailOfASegmentTakesTheNextSegmentAlong() throws InterruptedException {
        Gate sealer = twoSegments();
        List<Operation> tail =
                unsyncedWrites().stream().filter(op -> op.name().equals(FIRST)).toList();
        CrashState withoutTail = CrashState.without(tail.get(tail.size() - 1).index());
        try (Stave recovered = open(files.afterCrash(withoutTail))) {
            assertNotNull(recovered.get(key(1)));
            assertNull(recovered.get(key(2)));
            assertNull(recovered.get(key(3)));
            assertEquals(1, recovered.recoveryReport().droppedSegments().size());
        }
        directory.open(sealer);
        store.close();
    }

    /** Two records in the first segment, two in the second, nothing forced, nothing sealed. */
    private Gate twoSegments() throws InterruptedException {
        store.put(key(1), new byte[1900], OS);
        Gate sealer = directory.hold(Act.FORCE, FIRST::equals);
        store.put(key(2), new byte[1900], OS);
        store.put(key(3), new byte[1900], OS);
        store.put(key(4), new byte[1900], OS);
        sealer.awaitArrivals(1);
        assertEquals(5, unsyncedWrites().size(), "four records and a link");
        return sealer;
    }

    @Test
    void newSegmentCertifiesTheOneBeforeIfThatWasForced() throws Exception {
        store.put(key(1), new byte[3900]);
        Gate sealer = directory.hold(Act.CREATE, name -> name.endsWith(".hint.tmp"));
        store.put(key(2), new byte[100]);
        sealer.awaitArrivals(1);
        SimulatedDirectory after = files.afterCrash(CrashState.syncedOnly());
        byte[] content = after.content(FIRST);
        content[2000] ^= 1;
        after.damage(FIRST, content);
        CorruptionException e = assertThrows(CorruptionException.class, () -> open(after));
        assertEquals(FIRST, e.file());
        assertTrue(e.offset() < 2000);
        directory.open(sealer);
        store.close();
    }
}
