package io.stave.engine.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Options;
import io.stave.Stave;
import io.stave.StoreLockedException;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One process has the store, and whoever else wants it is told who that is. */
class StoreLockTest {

    private final SimulatedDirectory directory = new SimulatedDirectory();

    @Test
    void secondOpenerIsToldWhoHoldsTheStoreSinceWhenAndWhatToDo(@TempDir Path path) {
        Instant before = Instant.now();
        try (Stave store = Stave.open(path)) {
            StoreLockedException e = assertThrows(StoreLockedException.class, () -> Stave.open(path));
            assertEquals(ProcessHandle.current().pid(), e.pid().orElseThrow());
            assertFalse(e.host().orElseThrow().isBlank());
            Instant since = e.since().orElseThrow();
            assertFalse(since.isBefore(before) || since.isAfter(Instant.now()));
            String message = String.valueOf(e.getMessage());
            assertTrue(message.contains(path.toString()), message);
            assertTrue(message.contains(String.valueOf(ProcessHandle.current().pid())), message);
            // The one who has it does not notice.
            store.put(new byte[] {1}, new byte[] {2});
        }
        Stave.open(path, Options.defaults()).close();
    }

    @Test
    void lockIsFreeAgainAfterCloseAndAfterAFailedOpen() throws IOException {
        StoreLock.acquire(directory).close();
        assertFalse(directory.exists("OWNER"));
        directory.failAt(1, Fault.EIO.on(Fault.Call.CREATE));
        assertThrows(IOException.class, () -> StoreLock.acquire(directory));
        assertEquals(List.of(), directory.leaks());
        StoreLock.acquire(directory).close();
        assertEquals(List.of(), directory.leaks());
    }

    @Test
    void refusedOpenerLeavesTheOwnersNameInPlace() throws IOException {
        try (StoreLock lock = StoreLock.acquire(directory)) {
            byte[] owner = directory.content("OWNER");
            assertThrows(StoreLockedException.class, () -> StoreLock.acquire(directory));
            assertEquals(
                    new String(owner, StandardCharsets.UTF_8),
                    new String(directory.content("OWNER"), StandardCharsets.UTF_8));
            assertEquals(1, directory.leaks().size(), () -> lock + " was taken away");
        }
    }

    @Test
    void ownerThatCannotBeReadIsUnknownAndNoObstacle() throws IOException {
        try (StoreLock lock = StoreLock.acquire(directory)) {
            for (String text :
                    List.of("", "nonsense", "pid=many\nhost\nsince=tomorrow", "=\n=\n", "pid=12\0\nsince=")) {
                directory.damage("OWNER", text.getBytes(StandardCharsets.UTF_8));
                StoreLockedException e = assertThrows(StoreLockedException.class, () -> StoreLock.acquire(directory));
                assertTrue(e.pid().isEmpty() && e.since().isEmpty(), () -> text + ": " + e + lock);
            }
            directory.delete("OWNER");
            assertTrue(assertThrows(StoreLockedException.class, () -> StoreLock.acquire(directory))
                    .host()
                    .isEmpty());
        }
    }

    @Test
    void ownerOfADeadProcessDoesNotStandInTheWay() throws IOException {
        directory.damage(
                "OWNER", "pid=1\nhost=elsewhere\nsince=2001-01-01T00:00:00Z\n".getBytes(StandardCharsets.UTF_8));
        try (StoreLock lock = StoreLock.acquire(directory)) {
            StoreLockedException e = assertThrows(StoreLockedException.class, () -> StoreLock.acquire(directory));
            assertEquals(ProcessHandle.current().pid(), e.pid().orElseThrow(), () -> "held by " + lock);
        }
    }

    @Test
    void fullDiskKeepsNobodyFromTakingTheLock() throws IOException {
        directory.damage("LOCK", new byte[0]);
        directory.failFrom(1, Fault.ENOSPC.on(Fault.Call.CREATE, Fault.Call.WRITE));
        try (StoreLock lock = StoreLock.acquire(directory)) {
            assertThrows(StoreLockedException.class, () -> StoreLock.acquire(directory), lock::toString);
        }
        assertEquals(List.of(), directory.leaks());
    }
}
