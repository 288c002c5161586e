package io.stave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ExceptionsTest {
    private static final Instant SINCE = Instant.parse("2024-02-29T12:00:00Z");
    private static final IOException CAUSE = new IOException("7.seg: No space left on device");

    @Test
    void corruptionNamesFileOffsetExpectedActualAndWhatToDo() {
        CorruptionException e = new CorruptionException("7.seg", 4096, "checksum 1", "checksum 2", "Restore it.");

        assertEquals(
                "7.seg is corrupt at offset 4096: expected checksum 1, found checksum 2. Restore it.", e.getMessage());
        assertEquals("7.seg", e.file());
        assertEquals(4096, e.offset());
        assertEquals("checksum 1", e.expected());
        assertEquals("checksum 2", e.actual());
        assertTrue(new CorruptionException("f", 1, "a", "b").getMessage().contains("restore a backup"));
    }

    @Test
    void anUnknownVersionIsNamedAsTheUnsignedNumberItIs() {
        FormatVersionException e = new FormatVersionException("MANIFEST", -1, 1);

        assertTrue(e.getMessage().startsWith("MANIFEST has format version 4294967295, "), e.getMessage());
        assertEquals("MANIFEST", e.file());
        assertEquals(-1, e.found());
        assertEquals(1, e.supported());
    }

    @Test
    void aLockedStoreNamesItsHolder() {
        StoreLockedException e = new StoreLockedException(Path.of("data"), Long.MAX_VALUE, "alpha", SINCE);

        assertTrue(
                e.getMessage()
                        .startsWith("data is open already, held by process 9223372036854775807 on host alpha"
                                + " since 2024-02-29T12:00:00Z. Close it there"),
                e.getMessage());
        assertEquals("data", e.store());
        assertEquals(OptionalLong.of(Long.MAX_VALUE), e.pid());
        assertEquals(Optional.of("alpha"), e.host());
        assertEquals(Optional.of(SINCE), e.since());
    }

    @Test
    void aLockedStoreMayHaveAnUnknownHolder() {
        StoreLockedException e = new StoreLockedException(Path.of("data"), null, null, null);

        assertEquals(OptionalLong.empty(), e.pid());
        assertEquals(Optional.empty(), e.host());
        assertEquals(Optional.empty(), e.since());
        assertFalse(e.getMessage().contains("null"), e.getMessage());
    }

    @Test
    void aStoreHeldByThisProcessIsToldToBeShared() {
        long own = ProcessHandle.current().pid();

        String message = new StoreLockedException(Path.of("data"), own, "alpha", SINCE).getMessage();

        assertTrue(message.contains("share the Stave that is open"), message);
    }

    @Test
    void aFullStoreSaysHowMuchIsMissingWhereItKnows() {
        StoreFullException early = new StoreFullException("data", 100, 64);
        StoreFullException late = new StoreFullException("appending to 7.seg", CAUSE);

        assertTrue(early.getMessage().startsWith("data: no room for 100 bytes, 64 are usable."), early.getMessage());
        assertEquals(OptionalLong.of(100), early.needed());
        assertEquals(OptionalLong.of(64), early.usable());
        assertTrue(late.getMessage().startsWith("appending to 7.seg: no room, 7.seg: No space"), late.getMessage());
        assertEquals(OptionalLong.empty(), late.needed());
        assertEquals(OptionalLong.empty(), late.usable());
        assertSame(CAUSE, late.getCause());
    }

    @Test
    void aFailedStoreGivesItsFirstFailureAlsoWithoutAMessage() {
        assertSame(CAUSE, new StoreFailedException(CAUSE).getCause());
        assertTrue(new StoreFailedException(CAUSE)
                .getMessage()
                .contains(": 7.seg: No space left on device. Reads go on."));
        assertFalse(new StoreFailedException(new IllegalStateException())
                .getMessage()
                .contains("null"));
    }

    @Test
    void aSnapshotThatOutgrewItsMemorySaysByWhatAndWhatToDo() {
        SnapshotOverflowException e = new SnapshotOverflowException(7, 100, 4096);

        assertTrue(e.getMessage().startsWith("The snapshot of version 7 has ended: 100 keys were overwritten"));
        assertTrue(e.getMessage().contains("than the 4096 bytes"), e.getMessage());
        assertTrue(e.getMessage().contains("set Options.snapshotBytes higher"), e.getMessage());
        assertEquals(7, e.version());
        assertEquals(100, e.overwritten());
        assertEquals(4096, e.limit());
    }

    @Test
    void everyExceptionSurvivesSerialisation() throws Exception {
        List<StaveException> all = List.of(
                new CorruptionException("7.seg", 1, "a", "b"),
                new FormatVersionException("MANIFEST", 2, 1),
                new KeyCollisionException("7.seg", 64),
                new StoreBusyException(10, 5),
                new StoreClosedException(),
                new StoreFailedException(CAUSE),
                new StoreFullException("7.seg", 3, 2),
                new StoreIOException("cannot read 7.seg", CAUSE),
                new StoreLockedException(Path.of("data"), 1L, "alpha", SINCE),
                new SnapshotClosedException(),
                new SnapshotOverflowException(7, 100, 4096));

        for (StaveException e : all) {
            StaveException copy = assertInstanceOf(e.getClass(), roundTrip(e));
            assertEquals(e.getMessage(), copy.getMessage());
            assertEquals(e.getCause() == null, copy.getCause() == null);
        }
        assertEquals(Optional.of(SINCE), ((StoreLockedException) roundTrip(all.get(8))).since());
        assertEquals(64, ((KeyCollisionException) roundTrip(all.get(2))).offset());
        assertEquals(5, ((StoreBusyException) roundTrip(all.get(3))).limit());
        assertEquals(4096, ((SnapshotOverflowException) roundTrip(all.get(10))).limit());
    }

    private static StaveException roundTrip(StaveException e) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(e);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (StaveException) in.readObject();
        }
    }
}
