package io.stave.engine.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.BlobUpload;
import io.stave.BlobWriter;
import io.stave.PendingUpload;
import io.stave.Stave;
import io.stave.StoreFailedException;
import io.stave.StoreFullException;
import io.stave.StoreIOException;
import io.stave.engine.Engine;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.CrashState;
import io.stave.io.ForceFailedException;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens beside the end of an upload or a writer, or goes wrong there, takes nothing away. */
class UploadEndTest extends BlobStore {

    private final SimulatedDirectory disk = new SimulatedDirectory();
    private final GateDirectory gate = new GateDirectory(disk);

    private Stave gated(boolean inline) {
        return Engine.open(gate, options, inline);
    }

    private static void quietClose(Stave store) {
        try {
            store.close();
        } catch (RuntimeException e) {
            return;
        }
    }

    @Test
    void aShortValueWhoseCommitWasRefusedCanBeCommittedAgain() {
        Stave begun = gated(true);
        byte[] value = bytes(1, 300);
        try (BlobWriter writer = begun.openWriter(KEY)) {
            writer.write(ByteBuffer.wrap(value));
            GateDirectory.Rule full = gate.fail(
                    Act.WRITE, name -> name.endsWith(".seg"), new io.stave.io.NoSpaceException("no room", null));
            assertThrows(StoreFullException.class, writer::commit);
            gate.remove(full);
            writer.commit();
        }
        assertArrayEquals(value, begun.get(KEY));
        begun.close();
    }

    @Test
    void aJournalThatCannotBeReadStandsInTheWayOfNoOtherUpload() {
        Stave begun = gated(true);
        long bad = idOf(begun.beginUpload(KEY));
        GateDirectory.Rule unreadable =
                gate.fail(Act.OPEN, name -> name.endsWith(".upload"), new AccessDeniedException("a journal"));
        assertEquals(List.of(), begun.uploads());
        long good = idOf(begun.beginUpload(OTHER));
        gate.remove(unreadable);
        assertEquals(
                List.of(bad, good),
                begun.uploads().stream().map(PendingUpload::id).toList());
        begun.close();
    }

    @Test
    void aJournalThatAnOpenCannotReadIsKeptWithItsBlob() {
        Stave begun = gated(true);
        BlobUpload upload = begun.beginUpload(KEY);
        upload.write(0, ByteBuffer.wrap(bytes(1, CHUNK)));
        begun.close();
        GateDirectory reopening = new GateDirectory(disk.afterCrash(CrashState.everything()));
        GateDirectory.Rule unreadable =
                reopening.fail(Act.OPEN, name -> name.endsWith(".upload"), new AccessDeniedException("a journal"));
        try (Stave reopened = Engine.open(reopening, options, true)) {
            assertEquals(List.of(), reopened.uploads());
            reopening.remove(unreadable);
            try (BlobUpload resumed = reopened.resumeUpload(upload.id())) {
                resumed.commit();
            }
            assertArrayEquals(bytes(1, CHUNK), reopened.get(KEY));
        }
    }

    private static long idOf(BlobUpload begun) {
        try (begun) {
            return begun.id();
        }
    }

    @Test
    void anAbortAfterAnUncertainCommitLeavesTheOldValueOrTheNew() {
        Stave begun = gated(true);
        begun.put(KEY, bytes(1, 2000));
        BlobUpload upload = begun.beginUpload(KEY);
        upload.write(0, ByteBuffer.wrap(bytes(2, CHUNK)));
        gate.rule((act, name, position, length) -> {
            if (act == Act.FORCE && name.endsWith(".seg")) {
                throw new ForceFailedException(name, new IOException("EIO"));
            }
        });
        assertThrows(StoreFailedException.class, upload::commit);
        upload.abort();
        quietClose(begun);
        for (CrashState state : java.util.List.of(CrashState.everything(), CrashState.syncedOnly())) {
            try (Stave reopened = Engine.open(disk.afterCrash(state), options, true)) {
                byte[] found = reopened.get(KEY);
                assertTrue(Arrays.equals(found, bytes(1, 2000)) || Arrays.equals(found, bytes(2, CHUNK)));
            }
        }
    }

    @Test
    void aChunkWhoseEntryCouldNotBeStruckOutIsStruckOutBeforeItIsWrittenOver() {
        byte[] first = bytes(1, CHUNK);
        byte[] second = bytes(2, CHUNK);
        Stave begun = gated(true);
        BlobUpload upload = begun.beginUpload(KEY);
        upload.write(0, ByteBuffer.wrap(first));
        GateDirectory.Rule failing = gate.fail(Act.WRITE, name -> name.endsWith(".upload"), new IOException("EIO"));
        assertThrows(StoreIOException.class, () -> upload.write(0, ByteBuffer.wrap(second)));
        gate.remove(failing);
        // The second try breaks off when the bytes are on the disk and the entry is not.
        boolean[] written = {false};
        gate.rule((act, name, position, length) -> {
            written[0] |= act == Act.FORCE && name.endsWith(".blob");
            if (act == Act.WRITE && name.endsWith(".upload") && written[0]) {
                throw new IOException("EIO");
            }
        });
        assertThrows(StoreIOException.class, () -> upload.write(0, ByteBuffer.wrap(second)));
        try (Stave reopened = Engine.open(disk.afterCrash(CrashState.everything()), options, true);
                BlobUpload resumed = reopened.resumeUpload(upload.id())) {
            resumed.write(0, ByteBuffer.wrap(first));
            resumed.commit();
            assertArrayEquals(first, reopened.get(KEY));
        }
        quietClose(begun);
    }

    /** The bytes of the second are there by then, and the length of the first would be believed. */
    @Test
    void aChunkIsNotThereWhenASecondOneInItsPlaceBrokeOff() {
        Stave begun = gated(true);
        BlobUpload upload = begun.beginUpload(KEY);
        upload.write(0, ByteBuffer.wrap(bytes(1, CHUNK)));
        boolean[] written = {false};
        GateDirectory.Rule failing = gate.rule((act, name, position, length) -> {
            written[0] |= act == Act.FORCE && name.endsWith(".blob");
            if (act == Act.WRITE && name.endsWith(".upload") && written[0]) {
                throw new IOException("EIO");
            }
        });
        assertThrows(StoreIOException.class, () -> upload.write(0, ByteBuffer.wrap(bytes(2, 40))));
        gate.remove(failing);
        assertTrue(upload.chunks().isEmpty());
        upload.write(0, ByteBuffer.wrap(bytes(2, 40)));
        upload.commit();
        assertArrayEquals(bytes(2, 40), begun.get(KEY));
        begun.close();
    }

    /** Nobody knows whether its record is there after the crash. */
    @Test
    void aPutWhoseForceFailedLeavesTheOldValueOrTheNew() {
        Stave begun = gated(true);
        begun.put(KEY, bytes(1, 2000));
        gate.fail(
                Act.FORCE,
                name -> name.endsWith(".seg"),
                new ForceFailedException("a segment", new IOException("EIO")));
        assertThrows(StoreFailedException.class, () -> begun.put(KEY, bytes(2, 2000)));
        SimulatedDirectory after = disk.afterCrash(CrashState.everything());
        quietClose(begun);
        try (Stave reopened = Engine.open(after, options, true)) {
            assertArrayEquals(bytes(2, 2000), reopened.get(KEY), "its record was written");
        }
    }

    @Test
    void anOldUploadThatIsOpenIsNotGivenUp() {
        options = options.uploadLifetime(Duration.ofHours(1));
        Stave begun = gated(true);
        BlobUpload upload = begun.beginUpload(KEY);
        upload.write(0, ByteBuffer.wrap(bytes(1, CHUNK)));
        clock.advance(Duration.ofHours(2).toMillis());
        begun.beginUpload(OTHER).close();
        upload.commit();
        assertArrayEquals(bytes(1, CHUNK), begun.get(KEY));
        begun.close();
    }

    @Test
    void anOldUploadThatIsBeingCommittedIsNotGivenUp() {
        options = options.uploadLifetime(Duration.ofHours(1));
        Stave begun = gated(true);
        BlobUpload upload = begun.beginUpload(KEY);
        upload.write(0, ByteBuffer.wrap(bytes(1, CHUNK)));
        clock.advance(Duration.ofHours(2).toMillis());
        boolean[] done = {false};
        gate.rule((act, name, position, length) -> {
            if (act == Act.DELETE && name.endsWith(".upload") && !done[0]) {
                done[0] = true;
                begun.beginUpload(OTHER).close();
            }
        });
        upload.commit();
        assertTrue(done[0]);
        assertArrayEquals(bytes(1, CHUNK), begun.get(KEY));
        begun.close();
    }

    @Test
    void aCommittedUploadWhoseJournalCannotBeDeletedCannotBeResumedAndAborted() {
        Stave begun = gated(true);
        BlobUpload upload = begun.beginUpload(KEY);
        upload.write(0, ByteBuffer.wrap(bytes(1, CHUNK)));
        gate.fail(Act.DELETE, name -> name.endsWith(".upload"), new IOException("EIO"));
        upload.commit();
        assertArrayEquals(bytes(1, CHUNK), begun.get(KEY));
        try {
            begun.resumeUpload(upload.id()).abort();
        } catch (IllegalArgumentException e) {
            // As it should be: there is none.
        }
        assertArrayEquals(bytes(1, CHUNK), begun.get(KEY));
        begun.close();
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aCloseBesideABeginningThatFailsDoesNotWaitForEver() throws Exception {
        Stave begun = gated(false);
        Thread closer = new Thread(() -> quietClose(begun));
        boolean[] armed = {true};
        gate.rule((act, name, position, length) -> {
            if (act == Act.FORCE_NAMES && armed[0] && Thread.currentThread() != closer) {
                armed[0] = false;
                closer.start();
                while (closer.getState() != Thread.State.BLOCKED && closer.getState() != Thread.State.TERMINATED) {
                    Thread.onSpinWait();
                }
                throw new IOException("EIO");
            }
        });
        Thread beginner = new Thread(() -> {
            try {
                begun.beginUpload(KEY).close();
            } catch (RuntimeException e) {
                return;
            }
        });
        beginner.setDaemon(true);
        closer.setDaemon(true);
        beginner.start();
        beginner.join(TimeUnit.SECONDS.toMillis(10));
        closer.join(TimeUnit.SECONDS.toMillis(10));
        assertFalse(beginner.isAlive(), "a beginning waits for the close");
        assertFalse(closer.isAlive(), "the close waits for a beginning");
    }
}
