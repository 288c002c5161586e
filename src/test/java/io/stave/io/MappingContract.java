package io.stave.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Mapping} keeps, of a file or of private memory. */
abstract class MappingContract {

    protected StoreDirectory directory;

    /** An empty directory. */
    abstract StoreDirectory newDirectory() throws IOException;

    @BeforeEach
    void openDirectory() throws IOException {
        directory = newDirectory();
    }

    @AfterEach
    void closeDirectory() throws IOException {
        directory.close();
    }

    private Mapping map(String name, long length) throws IOException {
        try (ReadableFile file = directory.open(name)) {
            return file.map(length);
        }
    }

    private Mapping mapOf(String content) throws IOException {
        StoreDirectoryContract.create(directory, "a", content.getBytes(UTF_8));
        return map("a", content.length());
    }

    @Test
    void mappingShowsTheFileLittleEndianAndReadOnly() throws IOException {
        Mapping mapping = mapOf("0123456789");
        ByteBuffer buffer = mapping.buffer();
        assertEquals(ByteOrder.LITTLE_ENDIAN, buffer.order());
        assertEquals(10, buffer.capacity());
        assertEquals(0x33323130, buffer.getInt(0));
        assertThrows(ReadOnlyBufferException.class, () -> buffer.put(0, (byte) 1));
        assertFalse(buffer.hasArray());
        assertEquals(10, mapping.length());
        mapping.release();
        assertEquals(10, mapping.length());
    }

    @Test
    void mappingShowsLaterWritesWithinItsLength() throws IOException {
        try (WritableFile file = directory.create("a")) {
            file.extend(10_000);
            Mapping whole = map("a", 10_000);
            Mapping part = map("a", 5);
            file.write(ByteBuffer.wrap("0123456789".getBytes(UTF_8)), 0);
            file.write(ByteBuffer.wrap("x".getBytes(UTF_8)), 9_999);
            file.write(ByteBuffer.wrap("y".getBytes(UTF_8)), 10_000);
            assertEquals(0x33323130, whole.buffer().getInt(0));
            assertEquals('9', whole.buffer().get(9));
            assertEquals('x', whole.buffer().get(9_999));
            assertEquals(0x33323130, part.buffer().getInt(0));
            assertEquals('4', part.buffer().get(4));
            assertEquals(5, part.buffer().capacity());
            whole.release();
            part.release();
        }
    }

    @Test
    void nobodyMapsWhatIsNotThere() throws IOException {
        StoreDirectoryContract.create(directory, "a", new byte[4711]);
        try (ReadableFile file = directory.open("a")) {
            EOFException refused = assertThrows(EOFException.class, () -> file.map(4712));
            StoreDirectoryContract.assertNames("a", refused);
            assertTrue(refused.getMessage().contains("4711"), refused.getMessage());
            assertTrue(refused.getMessage().contains("4712"), refused.getMessage());
            assertThrows(IllegalArgumentException.class, () -> file.map(-1));
            assertThrows(IllegalArgumentException.class, () -> file.map(1L << 31));
        }
    }

    @Test
    void emptyMappingIsEmpty() throws IOException {
        StoreDirectoryContract.create(directory, "a", new byte[0]);
        Mapping mapping = map("a", 0);
        assertEquals(0, mapping.buffer().capacity());
        assertEquals(0, mapping.lend(0, 0).remaining());
        mapping.release();
    }

    @Test
    void mappingOutlivesFileNameAndDirectory() throws IOException {
        Mapping mapping = mapOf("0123456789");
        Mapping memory = directory.allocate(100);
        directory.delete("a");
        directory.forceNames();
        directory.close();
        assertEquals('7', mapping.buffer().get(7));
        assertEquals(0, memory.buffer().putInt(4, 1).getInt(0));
        mapping.release();
        memory.release();
    }

    @Test
    void fileThatLostItsNameIsNotMapped() throws IOException {
        StoreDirectoryContract.create(directory, "a", "right".getBytes(UTF_8));
        StoreDirectoryContract.create(directory, "b", "wrong".getBytes(UTF_8));
        try (ReadableFile file = directory.open("a")) {
            directory.rename("b", "a");
            assertThrows(NoSuchFileException.class, () -> file.map(5));
            directory.delete("a");
            assertThrows(NoSuchFileException.class, () -> file.map(5));
        }
    }

    @Test
    void lentPartIsReadOnlyBigEndianAndNoLarger() throws IOException {
        Mapping mapping = mapOf("0123456789");
        ByteBuffer lent = mapping.lend(2, 5);
        assertEquals(ByteOrder.BIG_ENDIAN, lent.order());
        assertEquals(0, lent.position());
        assertEquals(5, lent.limit());
        assertEquals(5, lent.capacity());
        assertEquals(0x32333435, lent.getInt());
        assertThrows(ReadOnlyBufferException.class, () -> lent.put(0, (byte) 1));
        assertThrows(IndexOutOfBoundsException.class, () -> mapping.lend(6, 5));
        assertThrows(IndexOutOfBoundsException.class, () -> mapping.lend(-1, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> mapping.lend(0, -1));
        mapping.release();
    }

    @Test
    void releasedMappingRefuses() throws IOException {
        for (Mapping mapping : new Mapping[] {mapOf("0123456789"), directory.allocate(10)}) {
            mapping.release();
            mapping.release();
            assertThrows(IllegalStateException.class, mapping::buffer);
            assertThrows(IllegalStateException.class, () -> mapping.lend(0, 1));
        }
    }

    @Test
    void whatIsLentIsThereUntilTheLastOneGivesItBack() throws IOException {
        Mapping mapping = mapOf("0123456789");
        ByteBuffer one = mapping.lend(0, 5);
        ByteBuffer two = mapping.lend(5, 5);
        assertThrows(IndexOutOfBoundsException.class, () -> mapping.lend(6, 5)); // not lent: nothing to give back
        mapping.release();
        assertThrows(IllegalStateException.class, mapping::buffer);
        assertThrows(IllegalStateException.class, () -> mapping.lend(0, 1));
        assertEquals('4', one.get(4));
        mapping.giveBack();
        assertEquals('9', two.get(4));
        mapping.release();
        assertEquals('9', two.get(4));
        mapping.giveBack();
    }

    @Test
    void givenBackAndReleasedIsReleased() throws IOException {
        Mapping mapping = mapOf("0123456789");
        mapping.lend(0, 1);
        mapping.giveBack();
        assertEquals('1', mapping.buffer().get(1));
        mapping.release();
        mapping.release();
        assertThrows(IllegalStateException.class, mapping::buffer);
        assertThrows(IllegalStateException.class, () -> mapping.lend(0, 1));
    }

    @Test
    void allocatedMemoryIsZeroedPrivateAndWritable() throws IOException {
        int length = 1_000_000;
        for (int round = 0; round < 3; round++) { // a second round would meet what the first one left
            Mapping one = directory.allocate(length);
            Mapping two = directory.allocate(length + 1);
            assertEquals(ByteOrder.LITTLE_ENDIAN, one.buffer().order());
            assertEquals(length, one.buffer().capacity());
            assertEquals(length + 1, two.buffer().capacity());
            for (int at = 0; at + 8 <= length; at += 8) {
                assertEquals(0, one.buffer().getLong(at));
                one.buffer().putLong(at, ~at);
            }
            for (int at = 0; at + 8 <= length; at += 8) {
                assertEquals(0, two.buffer().getLong(at), "one allocation is seen through another");
                assertEquals(~at, one.buffer().getLong(at));
            }
            one.buffer().putInt(0, 0x01020304);
            assertEquals(4, one.buffer().get(0));
            assertThrows(ReadOnlyBufferException.class, () -> one.lend(0, 8).put(0, (byte) 1));
            one.release();
            two.release();
        }
        assertTrue(directory.list().isEmpty(), "memory left a name: " + directory.list());
    }

    @Test
    void allocationsHaveLimits() {
        assertThrows(IllegalArgumentException.class, () -> directory.allocate(0));
        assertThrows(IllegalArgumentException.class, () -> directory.allocate(-1));
        assertThrows(IllegalArgumentException.class, () -> directory.allocate(1L << 31));
    }

    @Test
    void allocatedMemoryTakesAtomicAccess() {
        // Java 22 and later forbid it on heap buffers: so must no implementation use them.
        Mapping memory = directory.allocate(64);
        var longs = java.lang.invoke.MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
        assertTrue(longs.compareAndSet(memory.buffer(), 8, 0L, 5L));
        assertEquals(5L, (long) longs.getVolatile(memory.buffer(), 8));
        memory.release();
    }
}
