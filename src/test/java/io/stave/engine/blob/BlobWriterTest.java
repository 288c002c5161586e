package io.stave.engine.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.BlobWriter;
import io.stave.Durability;
import io.stave.Entry;
import io.stave.Stave;
import io.stave.StoreClosedException;
import io.stave.StoreFullException;
import io.stave.WriteOptions;
import io.stave.io.CrashState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A large value becomes that of its key at the commit, all of it or nothing, whichever way it is written. */
class BlobWriterTest extends BlobStore {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 513, 999, 1000, 1001, 1023, 1024, 1025, 5000, 70_000})
    void everyWayOfWritingGivesTheSameValue(int length) throws IOException {
        byte[] value = bytes(length, length);
        store.put(KEY, value);
        assertArrayEquals(value, store.get(KEY));
        store.put(KEY, new ByteArrayInputStream(value));
        assertArrayEquals(value, store.get(KEY));
        try (BlobWriter writer = store.openWriter(KEY)) {
            for (int at = 0; at < length; at += 7) {
                assertEquals(
                        Math.min(7, length - at), writer.write(ByteBuffer.wrap(value, at, Math.min(7, length - at))));
            }
            assertEquals(length, writer.length());
            assertEquals(store.getEntry(KEY).version() + 1, writer.commit());
            assertFalse(writer.isOpen());
        }
        assertArrayEquals(value, store.get(KEY));
        ByteBuffer direct = ByteBuffer.allocateDirect(length).put(value).flip();
        store.put(ByteBuffer.wrap(KEY), direct);
        assertEquals(length, direct.remaining());
        assertArrayEquals(value, store.get(KEY));
        assertEquals(length > THRESHOLD ? 1 : 0, blobs().size());
        reopen();
        assertArrayEquals(value, store.get(KEY));
        assertEquals(length > THRESHOLD ? 1 : 0, blobs().size());
    }

    @Test
    void nothingIsSeenBeforeTheCommit() throws IOException {
        store.put(KEY, bytes(1, 10));
        try (BlobWriter writer = store.openWriter(KEY)) {
            writer.write(ByteBuffer.wrap(bytes(2, 5000)));
            assertArrayEquals(bytes(1, 10), store.get(KEY));
            assertEquals(1, blobs().size());
        }
        assertArrayEquals(bytes(1, 10), store.get(KEY));
        assertEquals(List.of(), blobs());
    }

    @Test
    void anEndedWriterRefuses() {
        BlobWriter writer = store.openWriter(KEY);
        writer.abort();
        writer.abort();
        assertThrows(IllegalStateException.class, () -> writer.write(ByteBuffer.allocate(1)));
        assertThrows(IllegalStateException.class, writer::commit);
        assertThrows(IllegalStateException.class, writer::length);
        writer.close();
    }

    @Test
    void aStreamThatFailsLeavesTheOldValue() throws IOException {
        store.put(KEY, bytes(1, 2000));
        InputStream broken = new InputStream() {
            private int left = 5000;

            @Override
            public int read() throws IOException {
                if (left-- <= 0) {
                    throw new IOException("the line is broken");
                }
                return 1;
            }
        };
        IOException failure = assertThrows(IOException.class, () -> store.put(KEY, broken));
        assertEquals("the line is broken", failure.getMessage());
        assertArrayEquals(bytes(1, 2000), store.get(KEY));
        assertEquals(1, blobs().size());
    }

    @Test
    void whatIsExpectedMustCome() {
        try (BlobWriter writer = store.openWriter(KEY).expect(2000)) {
            writer.write(ByteBuffer.wrap(bytes(1, 1500)));
            assertThrows(IllegalArgumentException.class, () -> writer.expect(1499));
            assertThrows(IllegalStateException.class, writer::commit);
            writer.write(ByteBuffer.wrap(bytes(2, 500)));
            writer.commit();
        }
        assertEquals(2000, store.get(KEY).length);
    }

    @Test
    void conditionsHoldOrNothingChanges() throws IOException {
        byte[] value = bytes(1, 3000);
        assertEquals(0, store.compareAndSet(KEY, 5, value));
        assertNull(store.get(KEY));
        assertEquals(List.of(), blobs());
        long first = store.putIfAbsent(KEY, value);
        assertTrue(first > 0);
        assertEquals(0, store.putIfAbsent(KEY, bytes(2, 3000)));
        long second = store.compareAndSet(KEY, first, bytes(3, 3000));
        assertTrue(second > first);
        try (BlobWriter writer = store.openWriter(KEY)) {
            writer.write(ByteBuffer.wrap(bytes(4, 3000)));
            assertEquals(0, writer.commitIf(first));
        }
        assertArrayEquals(bytes(3, 3000), store.get(KEY));
        try (BlobWriter writer = store.openWriter(KEY)) {
            writer.write(ByteBuffer.wrap(bytes(5, 3000)));
            assertThrows(IllegalArgumentException.class, () -> writer.commitIf(-1));
            assertTrue(writer.commitIf(second) > second);
        }
        assertArrayEquals(bytes(5, 3000), store.get(KEY));
        assertEquals(1, blobs().size());
    }

    @Test
    void deletingGivesTheSpaceBack() throws IOException {
        store.put(KEY, bytes(1, 3000));
        store.put(OTHER, bytes(2, 3000));
        assertEquals(2, blobs().size());
        store.delete(KEY);
        assertEquals(1, blobs().size());
        store.put(OTHER, bytes(3, 10));
        assertEquals(List.of(), blobs());
        assertNull(store.get(KEY));
    }

    @Test
    void aValueExpiresWithItsBlob() throws IOException {
        store.put(KEY, bytes(1, 3000), WriteOptions.defaults().timeToLive(Duration.ofSeconds(1)));
        store.put(OTHER, bytes(2, 3000), WriteOptions.defaults().timeToLive(Duration.ofSeconds(9)));
        assertNotNull(store.getEntry(KEY).expiry());
        clock.advance(Duration.ofSeconds(1).toMillis());
        assertNull(store.get(KEY));
        assertNull(store.openReader(KEY));
        store.merge();
        store.sync();
        assertEquals(1, blobs().size());
        assertArrayEquals(bytes(2, 3000), store.get(OTHER));
    }

    @Test
    void aChangedExpiryKeepsTheBlob() throws IOException {
        long version = store.put(KEY, bytes(1, 3000));
        List<String> before = blobs();
        Instant expiry = clock.instant().plusSeconds(5);
        assertTrue(store.setExpiry(KEY, expiry) > version);
        Entry entry = store.getEntry(KEY);
        assertEquals(expiry, entry.expiry());
        assertArrayEquals(bytes(1, 3000), entry.value());
        assertEquals(before, blobs());
        assertTrue(store.setExpiry(KEY, null) > version);
        reopen();
        store.merge();
        assertArrayEquals(bytes(1, 3000), store.get(KEY));
        assertEquals(before, blobs());
    }

    @Test
    void aMergeCopiesTheRecordAndNotTheFile() throws IOException {
        store.put(KEY, bytes(1, 3000));
        List<String> before = blobs();
        for (int i = 0; i < 20; i++) {
            store.put(OTHER, bytes(i, 900));
        }
        assertTrue(store.merge().bytesWritten() < 3000, "the value was copied");
        assertEquals(before, blobs());
        assertArrayEquals(bytes(1, 3000), store.get(KEY));
        store.delete(KEY);
        assertEquals(List.of(), blobs());
    }

    @Test
    void afterAPowerCutItIsTheOldValueOrTheNew() {
        store.put(KEY, bytes(1, 3000));
        store.put(KEY, bytes(2, 3000), WriteOptions.defaults().durability(Durability.OS));
        crash(CrashState.syncedOnly());
        byte[] found = store.get(KEY);
        assertArrayEquals(bytes(found[0] == bytes(1, 1)[0] ? 1 : 2, 3000), found);
    }

    @Test
    void theOldBlobStaysUntilTheNewRecordIsForced() throws IOException {
        store.put(KEY, bytes(1, 3000));
        store.put(KEY, bytes(2, 10), WriteOptions.defaults().durability(Durability.OS));
        assertEquals(List.of(), blobs(), "it is forced, for it has made a blob superfluous");
        crash(CrashState.syncedOnly());
        assertArrayEquals(bytes(2, 10), store.get(KEY));
    }

    @Test
    void orphansGoAtTheOpen() throws IOException {
        store.put(KEY, bytes(1, 3000));
        List<String> before = blobs();
        BlobWriter writer = store.openWriter(OTHER);
        writer.write(ByteBuffer.wrap(bytes(2, 5000)));
        assertEquals(2, blobs().size());
        crash(CrashState.everything());
        assertEquals(before, blobs());
        assertEquals(1, store.recoveryReport().strayFilesDeleted().size());
        assertArrayEquals(bytes(1, 3000), store.get(KEY));
        assertNull(store.get(OTHER));
    }

    @Test
    void aFullDiskRefusesItAndLosesNothing() throws IOException {
        store.put(KEY, bytes(1, 3000));
        BlobWriter writer = store.openWriter(OTHER);
        writer.write(ByteBuffer.wrap(bytes(2, 5000)));
        directory.takeWhatIsFree();
        assertThrows(StoreFullException.class, () -> writer.write(ByteBuffer.wrap(bytes(3, 5000))));
        writer.close();
        assertThrows(StoreFullException.class, () -> store.put(OTHER, bytes(4, 9000)));
        assertThrows(StoreFullException.class, () -> store.openWriter(OTHER).expect(100_000));
        assertEquals(1, blobs().size());
        assertArrayEquals(bytes(1, 3000), store.get(KEY));
        directory.capacity(1L << 40);
        store.put(OTHER, bytes(4, 9000));
        assertArrayEquals(bytes(4, 9000), store.get(OTHER));
    }

    @Test
    void aClosedStoreEndsItsWriters() throws IOException {
        BlobWriter writer = store.openWriter(KEY);
        writer.write(ByteBuffer.wrap(bytes(1, 5000)));
        closeStore();
        assertThrows(StoreClosedException.class, () -> writer.write(ByteBuffer.allocate(1)));
        assertThrows(StoreClosedException.class, writer::commit);
        assertThrows(StoreClosedException.class, () -> store.openWriter(KEY));
        assertThrows(StoreClosedException.class, () -> store.put(KEY, bytes(1, 5000)));
        writer.close();
        assertEquals(List.of(), blobs());
    }

    @Test
    void asynchronousPutsAndTheirLimitAreAsEver() {
        byte[] tooLong = new byte[Stave.MAX_VALUE_LENGTH + 1];
        assertThrows(IllegalArgumentException.class, () -> store.putAsync(KEY, tooLong));
        assertTrue(store.putAsync(KEY, bytes(1, 3000)).join() > 0);
        assertArrayEquals(bytes(1, 3000), store.get(KEY));
    }
}
