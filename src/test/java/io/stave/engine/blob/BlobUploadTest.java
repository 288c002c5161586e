package io.stave.engine.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.BlobUpload;
import io.stave.Durability;
import io.stave.PendingUpload;
import io.stave.Stave;
import io.stave.StoreClosedException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an upload has acknowledged survives a crash, and nothing is to be seen of it before it is committed. */
class BlobUploadTest extends BlobStore {

    private static final byte[] VALUE = bytes(7, 3 * CHUNK + 100);

    private static ByteBuffer chunk(int index) {
        return ByteBuffer.wrap(VALUE, index * CHUNK, Math.min(CHUNK, VALUE.length - index * CHUNK));
    }

    @Test
    void chunksInAnyOrderAcrossCrashes() throws IOException {
        long id;
        try (BlobUpload upload = store.beginUpload(KEY)) {
            id = upload.id();
            assertEquals(CHUNK, upload.chunkLength());
            upload.write(2, chunk(2));
        }
        crash(CrashState.syncedOnly());
        try (BlobUpload upload = store.resumeUpload(id)) {
            assertArrayEquals(KEY, upload.key());
            assertEquals(Set.of(2), upload.chunks());
            upload.write(0, chunk(0));
            upload.write(3, chunk(3));
            assertThrows(IllegalStateException.class, upload::commit);
            crash(CrashState.syncedOnly());
        }
        List<PendingUpload> pending = store.uploads();
        assertEquals(1, pending.size());
        assertEquals(id, pending.get(0).id());
        assertEquals(3, pending.get(0).chunks());
        assertEquals(2 * CHUNK + 100, pending.get(0).bytes());
        assertNull(store.get(KEY));
        try (BlobUpload upload = store.resumeUpload(id)) {
            upload.write(1, chunk(1));
            assertTrue(upload.commit() > 0);
        }
        assertArrayEquals(VALUE, store.get(KEY));
        assertEquals(List.of(), store.uploads());
        assertEquals(List.of(), uploads());
        crash(CrashState.syncedOnly());
        assertArrayEquals(VALUE, store.get(KEY));
        assertThrows(IllegalArgumentException.class, () -> store.resumeUpload(id));
    }

    @Test
    void aChunkMayBeSentAgain() {
        try (BlobUpload upload = store.beginUpload(KEY)) {
            upload.write(0, ByteBuffer.wrap(bytes(1, CHUNK)));
            upload.write(1, ByteBuffer.wrap(bytes(2, CHUNK)));
            int before = directory.operations();
            upload.write(1, ByteBuffer.wrap(bytes(2, CHUNK)));
            assertEquals(before, directory.operations(), "the same bytes cost nothing");
            upload.write(0, chunk(0));
            upload.write(1, ByteBuffer.wrap(bytes(3, 40)));
            upload.commit(WriteOptions.defaults().timeToLive(Duration.ofSeconds(1)));
        }
        byte[] found = store.get(KEY);
        assertArrayEquals(Arrays.copyOf(VALUE, CHUNK), Arrays.copyOf(found, CHUNK));
        assertArrayEquals(bytes(3, 40), Arrays.copyOfRange(found, CHUNK, found.length));
        clock.advance(Duration.ofSeconds(1).toMillis());
        assertNull(store.get(KEY));
    }

    @Test
    void onlyTheLastChunkMayBeShort() {
        try (BlobUpload upload = store.beginUpload(KEY)) {
            upload.write(0, ByteBuffer.wrap(bytes(1, 40)));
            upload.write(1, ByteBuffer.wrap(bytes(2, CHUNK)));
            assertThrows(IllegalStateException.class, upload::commit);
            assertThrows(IllegalArgumentException.class, () -> upload.write(-1, chunk(0)));
            assertThrows(IllegalArgumentException.class, () -> upload.write(0, ByteBuffer.allocate(0)));
            assertThrows(IllegalArgumentException.class, () -> upload.write(0, ByteBuffer.allocate(CHUNK + 1)));
        }
    }

    @Test
    void aConditionThatDoesNotHoldLeavesTheUpload() throws IOException {
        store.put(KEY, bytes(1, 10));
        try (BlobUpload upload = store.beginUpload(KEY)) {
            upload.write(0, chunk(0));
            assertEquals(0, upload.commitIf(0, WriteOptions.defaults()));
            assertEquals(Set.of(0), upload.chunks());
            upload.write(1, chunk(1));
            assertTrue(upload.commitIf(store.getEntry(KEY).version(), WriteOptions.defaults()) > 0);
        }
        assertArrayEquals(Arrays.copyOf(VALUE, 2 * CHUNK), store.get(KEY));
        assertEquals(1, blobs().size());
    }

    @Test
    void anAbortedUploadIsGone() throws IOException {
        BlobUpload upload = store.beginUpload(KEY);
        upload.write(0, chunk(0));
        upload.abort();
        upload.abort();
        assertThrows(IllegalStateException.class, () -> upload.write(0, chunk(0)));
        assertEquals(List.of(), blobs());
        assertEquals(List.of(), uploads());
        assertThrows(IllegalArgumentException.class, () -> store.resumeUpload(upload.id()));
    }

    @Test
    void onlyOneHasItOpen() {
        try (BlobUpload upload = store.beginUpload(KEY)) {
            assertThrows(IllegalStateException.class, () -> store.resumeUpload(upload.id()));
        }
    }

    @Test
    void anOldOneIsGivenUp() throws IOException {
        options = options.uploadLifetime(Duration.ofHours(1));
        reopen();
        store.beginUpload(KEY).close();
        clock.advance(Duration.ofHours(1).toMillis());
        reopen();
        assertEquals(1, store.uploads().size());
        clock.advance(Duration.ofMillis(1).toMillis());
        reopen();
        assertEquals(List.of(), store.uploads());
        assertEquals(List.of(), blobs());
        store.beginUpload(KEY).close();
        clock.advance(Duration.ofHours(2).toMillis());
        try (BlobUpload next = store.beginUpload(OTHER)) {
            assertEquals(
                    List.of(next.id()),
                    store.uploads().stream().map(PendingUpload::id).toList());
        }
    }

    @Test
    void aClosedStoreLeavesItToBeResumed() {
        BlobUpload upload = store.beginUpload(KEY);
        upload.write(0, chunk(0));
        closeStore();
        assertThrows(StoreClosedException.class, () -> upload.write(1, chunk(1)));
        open();
        try (BlobUpload resumed = store.resumeUpload(upload.id())) {
            assertEquals(Set.of(0), resumed.chunks());
            resumed.commit();
        }
        assertArrayEquals(Arrays.copyOf(VALUE, CHUNK), store.get(KEY));
    }

    /** As long as an entry, and nothing but zeros: read as one, it would take chunk 0 away. */
    @Test
    void anEntryThatIsTornIsNone() throws IOException {
        BlobUpload upload = store.beginUpload(KEY);
        upload.write(0, chunk(0));
        closeStore();
        String journal = uploads().get(0);
        byte[] before = directory.content(journal);
        directory.damage(journal, Arrays.copyOf(before, before.length + 16));
        open();
        try (BlobUpload resumed = store.resumeUpload(upload.id())) {
            assertEquals(Set.of(0), resumed.chunks());
            resumed.write(1, chunk(1));
        }
        reopen();
        try (BlobUpload resumed = store.resumeUpload(upload.id())) {
            assertEquals(Set.of(0, 1), resumed.chunks());
        }
    }

    /** Both its files could be back after a power failure, when its blob has been given up. */
    @Test
    void aCommittedUploadDoesNotComeBackWhenItsValueIsReplaced() {
        try (BlobUpload upload = store.beginUpload(KEY)) {
            upload.write(0, chunk(0));
            upload.commit();
        }
        store.put(KEY, bytes(1, 10));
        crash(CrashState.syncedOnly());
        assertArrayEquals(bytes(1, 10), store.get(KEY));
        assertEquals(List.of(), store.uploads());
    }

    /** Its chunks were acknowledged, and its journal is gone with the commit, whose names are forced. */
    @Test
    void aCommitIsForcedWhateverItsDurability() {
        try (BlobUpload upload = store.beginUpload(KEY)) {
            upload.write(0, chunk(0));
            upload.commit(WriteOptions.defaults().durability(Durability.OS));
        }
        crash(CrashState.syncedOnly());
        assertArrayEquals(Arrays.copyOf(VALUE, CHUNK), store.get(KEY));
    }

    @Test
    void everyOperationMayBeTheLast() {
        for (int point = 0; ; point++) {
            SimulatedDirectory disk = new SimulatedDirectory();
            Stave begun = Engine.open(disk, options, true);
            begun.put(KEY, bytes(1, 2000));
            disk.dieAt(disk.operations() + point);
            int[] acknowledged = {0};
            boolean whole = upload(begun, acknowledged);
            for (CrashState state :
                    List.of(CrashState.syncedOnly(), CrashState.everything(), CrashState.random(point))) {
                check(disk.afterCrash(state), acknowledged[0], whole, "point " + point);
            }
            if (closes(begun)) {
                return;
            }
        }
    }

    @Test
    void aChunkThatIsWrittenOverIsOneOrTheOtherOrNotThere() {
        byte[] first = bytes(1, CHUNK);
        byte[] second = bytes(2, CHUNK);
        boolean died;
        int point = 0;
        do {
            SimulatedDirectory disk = new SimulatedDirectory();
            Stave begun = Engine.open(disk, options, true);
            BlobUpload upload = begun.beginUpload(KEY);
            upload.write(0, ByteBuffer.wrap(first));
            disk.dieAt(disk.operations() + point++);
            try {
                upload.write(0, ByteBuffer.wrap(second));
                died = false;
            } catch (RuntimeException e) {
                died = true;
            }
            for (CrashState state : List.of(CrashState.everything(), CrashState.syncedOnly())) {
                try (Stave reopened = Engine.open(disk.afterCrash(state), options, true);
                        BlobUpload resumed = reopened.resumeUpload(upload.id())) {
                    if (!resumed.chunks().isEmpty()) {
                        resumed.commit();
                        byte[] found = reopened.get(KEY);
                        assertArrayEquals(found[0] == first[0] ? first : second, found, "point " + point);
                    } else {
                        assertTrue(died);
                    }
                }
            }
            boolean unused = closes(begun);
        } while (died);
        assertTrue(point > 3);
    }

    /** Closes the store; returns whether nothing has failed. */
    private static boolean closes(Stave store) {
        try {
            store.close();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** Returns whether the commit was acknowledged; counts the chunks that were. */
    private static boolean upload(Stave store, int[] acknowledged) {
        try (BlobUpload upload = store.beginUpload(KEY)) {
            for (int i = 0; i < 4; i++) {
                upload.write(i, chunk(i));
                acknowledged[0]++;
            }
            upload.commit();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private void check(SimulatedDirectory after, int acknowledged, boolean whole, String what) {
        try (Stave reopened = Engine.open(after, options, true)) {
            byte[] found = reopened.get(KEY);
            if (Arrays.equals(found, VALUE)) {
                assertEquals(List.of(), reopened.uploads(), what);
                return;
            }
            assertArrayEquals(bytes(1, 2000), found, what);
            assertEquals(false, whole, what);
            List<PendingUpload> pending = reopened.uploads();
            if (acknowledged > 0) {
                assertEquals(1, pending.size(), what);
            }
            for (PendingUpload one : pending) {
                try (BlobUpload resumed = reopened.resumeUpload(one.id())) {
                    for (int i = 0; i < acknowledged; i++) {
                        assertTrue(resumed.chunks().contains(i), what);
                    }
                    for (int i = 0; i < 4; i++) {
                        resumed.write(i, chunk(i));
                    }
                    resumed.commit();
                }
                assertArrayEquals(VALUE, reopened.get(KEY), what);
            }
        }
    }
}
