package io.stave.engine.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.BlobReader;
import io.stave.CorruptionException;
import io.stave.Entry;
import io.stave.Snapshot;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.SimulatedDirectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.NonWritableChannelException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any part of a value can be read, of the one that was there when the reader was opened, and damage is found. */
class BlobReaderTest extends BlobStore {

    private BlobReader reader() {
        return present(store.openReader(KEY));
    }

    private static <T> T present(T value) {
        assertNotNull(value);
        return value;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 1000, 1001, 1024, 1025, 3000})
    void anyRange(int length) throws IOException {
        byte[] value = bytes(1, length);
        long version = store.put(KEY, value);
        try (BlobReader reader = reader()) {
            assertEquals(length, reader.size());
            assertEquals(version, reader.version());
            assertNull(reader.expiry());
            for (int from = 0; from <= length; from += 100) {
                for (int count : new int[] {1, 99, 600, length + 1}) {
                    ByteBuffer target = ByteBuffer.allocate(count);
                    int read = reader.position(from).read(target);
                    int there = Math.min(count, length - from);
                    assertEquals(there == 0 ? -1 : there, read);
                    assertEquals(ByteBuffer.wrap(value, from, there), target.flip());
                    assertEquals(from + there, reader.position());
                    assertArrayEquals(Arrays.copyOfRange(value, from, from + there), transferred(reader, from, count));
                }
            }
            assertEquals(-1, reader.position(length + 5L).read(ByteBuffer.allocate(1)));
            assertEquals(0, reader.transferTo(length + 5L, 1, Channels.newChannel(new ByteArrayOutputStream())));
        }
    }

    private static byte[] transferred(BlobReader reader, long from, long count) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(
                out.size() + Math.min(count, reader.size() - from),
                reader.transferTo(from, count, Channels.newChannel(out)));
        return out.toByteArray();
    }

    @Test
    void aStream() throws IOException {
        byte[] value = bytes(1, 3000);
        store.put(KEY, value);
        try (InputStream stream = reader().stream()) {
            assertEquals(Byte.toUnsignedInt(value[0]), stream.read());
            assertEquals(2999, stream.available());
            assertEquals(99, stream.skip(99));
            byte[] rest = stream.readAllBytes();
            assertArrayEquals(Arrays.copyOfRange(value, 100, 3000), rest);
            assertEquals(-1, stream.read());
            assertEquals(0, stream.skip(1));
        }
    }

    @Test
    void itCannotBeWrittenTo() {
        store.put(KEY, bytes(1, 3000));
        try (BlobReader reader = reader()) {
            assertThrows(NonWritableChannelException.class, () -> reader.write(ByteBuffer.allocate(1)));
            assertThrows(NonWritableChannelException.class, () -> reader.truncate(0));
            assertThrows(IllegalArgumentException.class, () -> reader.position(-1));
            reader.close();
            assertThrows(IllegalStateException.class, reader::size);
            assertThrows(IllegalStateException.class, () -> reader.read(ByteBuffer.allocate(1)));
        }
    }

    @Test
    void itGoesOnReadingWhatWasThere() throws IOException {
        store.put(KEY, bytes(1, 3000));
        try (BlobReader reader = reader()) {
            store.put(KEY, bytes(2, 3000));
            assertEquals(1, blobs().size());
            assertArrayEquals(bytes(1, 3000), reader.stream().readAllBytes());
            assertArrayEquals(bytes(1, 3000), transferred(reader, 0, 3000));
            store.delete(KEY);
            store.close();
            assertArrayEquals(bytes(1, 3000), reader.position(0).stream().readAllBytes());
        }
    }

    @Test
    void everyWayOfReading() {
        byte[] value = bytes(1, 3000);
        long version = store.put(KEY, value);
        Entry entry = store.getEntry(KEY);
        assertArrayEquals(value, entry.value());
        assertEquals(version, entry.version());
        assertEquals(ByteBuffer.wrap(value), store.get(ByteBuffer.wrap(KEY)));
        assertTrue(store.contains(KEY));
        byte[] lent = store.read(KEY, (bytes, itsVersion) -> {
            assertEquals(version, itsVersion);
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            return copy;
        });
        assertArrayEquals(value, lent);
        assertNull(store.openReader(OTHER));
    }

    @Test
    void aSnapshotKeepsTheBlobsOfItsMoment() throws IOException {
        store.put(KEY, bytes(1, 3000));
        Snapshot snapshot = store.snapshot();
        store.put(KEY, bytes(2, 3000));
        store.put(KEY, bytes(3, 3000));
        assertEquals(3, blobs().size(), "those that came and went meanwhile stay as well");
        try (Snapshot.Cursor<Entry> entries = snapshot.entries()) {
            assertArrayEquals(bytes(1, 3000), entries.next().value());
        }
        snapshot.close();
        assertEquals(1, blobs().size());
        assertArrayEquals(bytes(3, 3000), store.get(KEY));
    }

    @Test
    void aBlobStaysUntilTheLastOfItsSnapshotsIsClosed() throws IOException {
        store.put(KEY, bytes(1, 3000));
        Snapshot first = store.snapshot();
        Snapshot second = store.snapshot();
        store.put(KEY, bytes(2, 10));
        first.close();
        try (Snapshot.Cursor<Entry> entries = second.entries()) {
            assertArrayEquals(bytes(1, 3000), entries.next().value());
        }
        second.close();
        assertEquals(List.of(), blobs());
    }

    @Test
    void aReaderThatHasFoundAValueCanOpenItsBlobAlthoughItIsReplaced() {
        GateDirectory gate = new GateDirectory(new SimulatedDirectory());
        try (Stave begun = Engine.open(gate, options, true)) {
            begun.put(KEY, bytes(1, 3000));
            beforeTheBlobIsOpened(gate, () -> begun.put(KEY, bytes(2, 10)));
            assertArrayEquals(bytes(1, 3000), begun.get(KEY));
            assertArrayEquals(bytes(2, 10), begun.get(KEY));
        }
    }

    @Test
    void norDoesTheEndOfASnapshotTakeItAway() {
        GateDirectory gate = new GateDirectory(new SimulatedDirectory());
        try (Stave begun = Engine.open(gate, options, true)) {
            begun.put(KEY, bytes(1, 3000));
            Snapshot snapshot = begun.snapshot();
            beforeTheBlobIsOpened(gate, () -> {
                begun.put(KEY, bytes(2, 10));
                snapshot.close();
            });
            assertArrayEquals(bytes(1, 3000), begun.get(KEY));
        }
    }

    private static void beforeTheBlobIsOpened(GateDirectory gate, Runnable action) {
        boolean[] done = {false};
        gate.rule((act, name, position, length) -> {
            if (act == Act.OPEN && name.endsWith(".blob") && !done[0]) {
                done[0] = true;
                action.run();
            }
        });
    }

    @Test
    void everyDamagedByteIsFound() throws IOException {
        byte[] value = bytes(1, 1030);
        store.put(KEY, value);
        store.put(OTHER, bytes(2, 10));
        closeStore();
        String name = blobs().get(0);
        byte[] sound = directory.content(name);
        for (int at = 0; at < sound.length; at++) {
            byte[] damaged = sound.clone();
            damaged[at] ^= 1;
            directory.damage(name, damaged);
            open();
            CorruptionException found = assertThrows(CorruptionException.class, () -> store.get(KEY), "byte " + at);
            assertEquals(name, found.file());
            assertThrows(CorruptionException.class, this::readAll);
            assertArrayEquals(bytes(2, 10), store.get(OTHER));
            closeStore();
        }
        for (int length = 0; length < sound.length; length += 13) {
            directory.damage(name, Arrays.copyOf(sound, length));
            open();
            assertThrows(CorruptionException.class, () -> store.get(KEY), "cut to " + length);
            closeStore();
        }
        directory.damage(name, sound);
        open();
        assertArrayEquals(value, store.get(KEY));
    }

    private byte[] readAll() throws IOException {
        try (BlobReader reader = reader()) {
            return reader.stream().readAllBytes();
        }
    }

    @Test
    void aMissingBlobIsDamageOfItsKeyAlone() throws IOException {
        store.put(KEY, bytes(1, 3000));
        store.put(OTHER, bytes(2, 3000));
        closeStore();
        String name = blobs().get(0);
        directory.delete(name);
        open();
        CorruptionException found = assertThrows(CorruptionException.class, () -> store.get(KEY));
        assertEquals(name, found.file());
        assertArrayEquals(bytes(2, 3000), store.get(OTHER));
        store.put(KEY, bytes(3, 3000));
        assertArrayEquals(bytes(3, 3000), store.get(KEY));
        assertEquals(List.of(), directory.list().stream().filter(name::equals).toList());
    }

    @Test
    void twoBlobsThatWereSwappedAreFound() throws IOException {
        store.put(KEY, bytes(1, 3000));
        store.put(OTHER, bytes(2, 3000));
        closeStore();
        byte[] first = directory.content(blobs().get(0));
        directory.damage(blobs().get(0), directory.content(blobs().get(1)));
        directory.damage(blobs().get(1), first);
        open();
        assertThrows(CorruptionException.class, () -> store.get(KEY));
        assertThrows(CorruptionException.class, () -> store.get(OTHER));
    }
}
