package io.stave.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the simulation fails, and what is left then. */
class FaultTest {
    private final SimulatedDirectory disk = new SimulatedDirectory();

    private static void write(WritableFile file, String text, long position) throws IOException {
        file.write(ByteBuffer.wrap(text.getBytes(UTF_8)), position);
    }

    private static String text(SimulatedDirectory directory, String name) throws IOException {
        return new String(directory.content(name), UTF_8);
    }

    /** A file whose name is durable, and nothing else. */
    private WritableFile named(String name) throws IOException {
        WritableFile file = disk.create(name);
        disk.forceNames();
        return file;
    }

    @Test
    void bytesOfAFailedForceAreNeverDurableAlthoughTheNextForceSucceeds() throws IOException {
        WritableFile file = named("a");
        write(file, "AA", 0);
        disk.failAt(1, Fault.EIO.on(Fault.Call.FORCE));
        ForceFailedException failure = assertThrows(ForceFailedException.class, file::force);
        StoreDirectoryContract.assertNames("a", failure);
        write(file, "BB", 2);
        file.force();
        assertEquals("AABB", text(disk, "a"));
        for (CrashState state : List.of(CrashState.syncedOnly(), CrashState.everything())) {
            assertEquals("\0\0BB", text(disk.afterCrash(state), "a"));
        }
    }

    @Test
    void namesOfAFailedForceAreNeverDurable() throws IOException {
        named("a").close();
        disk.delete("a");
        disk.failAt(1, Fault.EIO.on(Fault.Call.FORCE_NAMES));
        assertThrows(ForceFailedException.class, disk::forceNames);
        disk.forceNames();
        assertEquals(List.of(), disk.list());
        assertEquals(List.of("a"), disk.afterCrash(CrashState.everything()).list());
    }

    @Test
    void lateFailureHasDoneItAll() throws IOException {
        WritableFile file = named("a");
        write(file, "A", 0);
        disk.failAt(1, Fault.EIO_LATE);
        assertThrows(ForceFailedException.class, file::force);
        assertEquals("A", text(disk.afterCrash(CrashState.syncedOnly()), "a"));
        disk.failAt(1, Fault.EIO_LATE);
        assertThrows(IOException.class, () -> disk.rename("a", "b"));
        assertEquals(List.of("b"), disk.list());
        disk.failAt(1, Fault.EIO_LATE);
        assertThrows(IOException.class, () -> write(file, "BC", 1));
        assertEquals("ABC", text(disk, "b"));
    }

    @Test
    void errorHasDoneNothing() throws IOException {
        WritableFile file = named("a");
        disk.failFrom(1, Fault.EIO);
        assertThrows(IOException.class, () -> write(file, "A", 0));
        assertThrows(IOException.class, () -> file.extend(9));
        assertThrows(IOException.class, () -> disk.rename("a", "b"));
        assertThrows(IOException.class, () -> disk.delete("a"));
        assertThrows(IOException.class, () -> disk.create("c"));
        assertThrows(IOException.class, () -> disk.open("a"));
        assertThrows(IOException.class, () -> disk.list());
        assertThrows(IOException.class, () -> disk.exists("a"));
        assertThrows(IOException.class, () -> disk.tryLock("LOCK"));
        assertThrows(IOException.class, () -> disk.usableBytes());
        assertThrows(UncheckedIOException.class, () -> disk.allocate(1));
        assertEquals(11, disk.failures());
        disk.heal();
        assertEquals(List.of("a"), disk.list());
        assertEquals("", text(disk, "a"));
    }

    @Test
    void readersFailToo() throws IOException {
        named("a").close();
        ReadableFile file = disk.open("a");
        disk.failFrom(1, Fault.EIO);
        StoreDirectoryContract.assertNames(
                "a", assertThrows(IOException.class, () -> file.read(ByteBuffer.allocate(1), 0)));
        assertThrows(IOException.class, file::length);
        assertThrows(IOException.class, () -> file.map(0));
    }

    @Test
    void fullDiskTakesHalfAWrite() throws IOException {
        WritableFile file = named("a");
        disk.failAt(1, Fault.ENOSPC);
        NoSpaceException full = assertThrows(NoSpaceException.class, () -> write(file, "ABCD", 0));
        assertTrue(full.getMessage().contains("No space left on device"), full.getMessage());
        StoreDirectoryContract.assertNames("a", full);
        assertEquals("AB", text(disk, "a"));
        write(file, "CD", 2);
        assertEquals("ABCD", text(disk, "a"));
    }

    @Test
    void shortWriteTakesTheFirstBytes() throws IOException {
        WritableFile file = named("a");
        disk.failAt(2, Fault.shortWrite(3));
        write(file, "0123", 0);
        IOException failure = assertThrows(IOException.class, () -> write(file, "4567", 4));
        assertFalse(failure instanceof NoSpaceException);
        assertEquals("0123456", text(disk, "a"));
    }

    @Test
    void nthCallFailsOnceOrForGood() throws IOException {
        disk.failAt(3, Fault.EIO.on(Fault.Call.EXISTS));
        disk.exists("a");
        disk.list(); // another call: not counted
        disk.exists("a");
        assertThrows(IOException.class, () -> disk.exists("a"));
        disk.exists("a");
        disk.failFrom(2, Fault.EIO.on(Fault.Call.EXISTS));
        disk.exists("a");
        assertThrows(IOException.class, () -> disk.exists("a"));
        assertThrows(IOException.class, () -> disk.exists("a"));
        disk.list();
        assertEquals(3, disk.failures());
        assertEquals(9, disk.calls());
    }

    @Test
    void diskIsFullWhenItIsFull() throws IOException {
        disk.capacity(10);
        WritableFile file = named("a");
        write(file, "012345", 0);
        assertEquals(4, disk.usableBytes());
        assertEquals(10, disk.totalBytes());
        assertThrows(NoSpaceException.class, () -> write(file, "6789AB", 6));
        assertEquals("0123456789", text(disk, "a"));
        assertEquals(0, disk.usableBytes());
        write(file, "xxx", 2); // what has room already needs none
        file.extend(100); // sparse
        WritableFile other = named("b");
        assertThrows(NoSpaceException.class, () -> write(other, "b", 0));
        disk.delete("a");
        write(other, "b", 0);
        assertEquals(9, disk.usableBytes());
        assertEquals(9, disk.crash(CrashState.everything()).usableBytes());
    }

    @Test
    void faultThatBefallsNoneOfTheCallsIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Fault.ENOSPC.on(Fault.Call.FORCE));
        assertThrows(IllegalArgumentException.class, () -> disk.failAt(0, Fault.EIO));
    }
}
