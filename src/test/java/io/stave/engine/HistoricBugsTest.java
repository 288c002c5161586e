package io.stave.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.StoreIOException;
import io.stave.WriteOptions;
import io.stave.engine.model.Keys;
import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.Operation;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Bugs that other stores of this family had, each by the number it has in the list of what was learnt from them; merges have a list of their own. */
class HistoricBugsTest extends HistoricBugs {

    /** Bug 4, Infinispan ISPN-5753 and ISPN-14104: a rebuild took the first value found, and its counters drifted. */
    @Test
    void bug04RebuildTakesTheNewestRecordAndCountsEveryByte() throws IOException {
        for (int i = 0; i < 60; i++) {
            store.put(Keys.key(i % 7), Keys.value(i, 300));
            if (i % 5 == 0) {
                store.delete(Keys.key((i + 3) % 7));
            }
            if (i % 20 == 19) {
                store.merge(store.stats().segments().stream()
                        .map(SegmentStats::id)
                        .filter(id -> id % 2 == 0)
                        .toList());
            }
        }
        store.close();
        SimulatedDirectory hinted = directory.afterCrash(CrashState.everything());
        SimulatedDirectory scanned = directory.afterCrash(CrashState.everything());
        for (String name : scanned.list()) {
            if (name.endsWith(".hint") || name.equals("KEYDIR")) {
                scanned.delete(name);
            }
        }
        store = Engine.open(hinted, OPTIONS, true);
        Map<Long, Long> live = liveBytes();
        long expected = 0;
        try (Stave rebuilt = Engine.open(scanned, OPTIONS, true)) {
            for (int i = 0; i < 7; i++) {
                byte[] value = store.get(Keys.key(i));
                assertArrayEquals(value, rebuilt.get(Keys.key(i)));
                expected += value == null ? 0 : 20 + Keys.key(i).length + value.length;
            }
            assertArrayEquals(Keys.value(59, 300), rebuilt.get(Keys.key(59 % 7)));
            assertEquals(
                    live,
                    rebuilt.stats().segments().stream()
                            .collect(Collectors.toMap(SegmentStats::id, SegmentStats::liveBytes)));
        }
        assertEquals(expected, live.values().stream().mapToLong(Long::longValue).sum());
        store.close();
    }

    /** Bug 6, HaloDB: a value of length zero made repair cut 21 synced records to 10. */
    @Test
    void bug06EmptyValueEndsNoLog() {
        for (int i = 0; i < 21; i++) {
            store.put(key("k" + i), new byte[i == 10 ? 0 : 5]);
        }
        powerCut();
        for (int i = 0; i < 21; i++) {
            assertEquals(i == 10 ? 0 : 5, store.get(key("k" + i)).length);
        }
        assertEquals(List.of(), store.recoveryReport().cuts());
    }

    /** Bug 9, HaloDB and rosedb: a failed append moved the position but not the offset, and misaddressed all that followed. */
    @Test
    void bug09FailedAppendMisaddressesNothing() {
        store.put(key("before"), new byte[] {1});
        for (int bytes : new int[] {0, 1, 19, 20, 100, 500}) {
            directory.failAt(1, Fault.shortWrite(bytes));
            assertThrows(StoreIOException.class, () -> store.put(key("failed"), new byte[600]));
            store.put(key("after " + bytes), new byte[] {(byte) bytes, 2});
            assertArrayEquals(new byte[] {(byte) bytes, 2}, store.get(key("after " + bytes)));
            assertNull(store.get(key("failed")));
        }
        powerCut();
        assertEquals(7, store.stats().keys());
        for (int bytes : new int[] {0, 1, 19, 20, 100, 500}) {
            assertArrayEquals(new byte[] {(byte) bytes, 2}, store.get(key("after " + bytes)));
        }
        assertEquals(List.of(), store.recoveryReport().cuts());
    }

    /** Bug 10, bitcask#212: keys were rebuilt from records whose checksum failed, and hints had none. */
    @Test
    void bug10NoKeyComesFromARecordOrAHintThatDoesNotVerify() throws IOException {
        store.put(key("first"), new byte[] {1});
        store.put(key("torn"), new byte[] {2}, UNFORCED);
        Operation last = directory.unsynced().get(directory.unsynced().size() - 1);
        directory = directory.crash(CrashState.torn(last.index(), last.length() - 1));
        store = Engine.open(directory, OPTIONS, true);
        assertFalse(store.contains(key("torn")));
        store.close();

        directory = directory.afterCrash(CrashState.everything());
        String hint = directory.list().stream()
                .filter(n -> n.endsWith(".hint"))
                .findFirst()
                .orElseThrow();
        byte[] content = directory.content(hint);
        for (int at = 0; at < content.length; at++) {
            if (content[at] == 'f' && content[at + 1] == 'i' && content[at + 2] == 'r') {
                content[at] = 'F';
            }
        }
        directory.damage(hint, content);
        directory.delete("KEYDIR");
        store = Engine.open(directory, OPTIONS, true);
        assertEquals(hint, store.recoveryReport().hintsRejected().get(0).fileName());
        assertFalse(store.contains(key("First")));
        assertArrayEquals(new byte[] {1}, store.get(key("first")));
    }

    /** Bug 12, bitcask#272: the sync option was silently not applied. */
    @Test
    void bug12SyncIsAppliedAsAskedForStoreAndWrite() {
        WriteOptions sync = WriteOptions.defaults().durability(Durability.SYNC);
        assertTrue(forced(() -> store.put(key("a"), new byte[1])));
        assertFalse(forced(() -> store.put(key("a"), new byte[1], UNFORCED)));
        assertTrue(forced(() -> store.delete(key("a"))));
        store.close();
        directory = directory.afterCrash(CrashState.everything());
        store = Engine.open(directory, OPTIONS.durability(Durability.OS), true);
        store.put(key("first"), new byte[1]); // creates the segment, which forces it
        assertFalse(forced(() -> store.put(key("b"), new byte[1])));
        assertTrue(forced(() -> store.put(key("b"), new byte[1], sync)));
        assertFalse(forced(() -> store.putAsync(key("b"), new byte[1]).join()));
        assertTrue(forced(() -> store.putAsync(key("b"), new byte[1], sync).join()));
        assertFalse(forced(() -> store.delete(key("b"))));
        assertTrue(forced(() -> store.sync()));
        assertEquals(
                List.of(),
                directory.unsynced().stream()
                        .filter(op -> op.kind().ofBytes() && op.name().endsWith(".seg"))
                        .toList());
    }

    private boolean forced(Runnable write) {
        long before = forces();
        write.run();
        return forces() > before;
    }

    private long forces() {
        return directory.log().stream()
                .filter(op -> op.kind() == Operation.Kind.FORCE)
                .count();
    }

    /** Bug 13, bitcask#174 and #180: one slow fold froze the keydir and blocked all deletes. */
    @Test
    void bug13ReaderThatTakesItsTimeHoldsNobodyUp() {
        store.put(key("k"), new byte[] {1, 2, 3});
        store.put(key("gone"), new byte[10]);
        byte[] read = store.read(key("k"), (value, version) -> {
            store.delete(key("gone"));
            store.put(key("k"), new byte[] {4});
            assertFalse(store.merge().isEmpty());
            assertArrayEquals(new byte[] {4}, store.get(key("k")));
            byte[] copy = new byte[3];
            return copy;
        });
        assertNotNull(read);
        assertNull(store.get(key("gone")));
    }

    /** Bug 14: three of them gave up ordering by the wall clock. */
    @Test
    void bug14VersionsAreCountedAndNotTimed() {
        List<Long> versions = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            versions.add(store.put(key("k"), new byte[i]));
        }
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L), versions);
        reopen();
        assertEquals(6, store.delete(key("k")));
    }

    /** Bug 15, bitcask#113: zero-byte files piled up. */
    @Test
    void bug15CrashesLeaveNoFilesToPileUp() throws IOException {
        for (int i = 0; i < 40; i++) {
            store.put(key("k"), new byte[100]);
            store.put(key("k"), new byte[3900]);
            directory = directory.crash(CrashState.random(i));
            store = Engine.open(directory, OPTIONS, true);
            store.merge();
        }
        reopen();
        List<String> files = directory.list();
        assertTrue(files.size() <= 6, files::toString);
        for (String name : files) {
            assertTrue(name.equals("LOCK") || directory.content(name).length > 0, name);
        }
    }

    /** Bug 15, bitcask#163: a bad lock file blocked the start. */
    @Test
    void bug15WhatIsInTheLockFilesBlocksNobody() {
        store.put(key("k"), new byte[1]);
        for (byte[] garbage : List.of(new byte[0], new byte[100_000], "pid=x\nsince=yesterday\n=\n".getBytes())) {
            directory = directory.crash(CrashState.everything());
            directory.damage("LOCK", garbage);
            directory.damage("OWNER", garbage);
            store = Engine.open(directory, OPTIONS, true);
            assertEquals(1, store.stats().keys());
        }
    }

    /** Bug 16, bitcask: a value that begins like the mark of a tombstone read as deleted. */
    @Test
    void bug16NoValueIsTakenForAnythingElse() throws IOException {
        store.put(key("k"), new byte[] {1});
        store.delete(key("k"));
        // Everything the store itself writes: header, certificates, a put, a tombstone; and zeros.
        byte[] image = java.util.Arrays.copyOf(directory.content("0000000000000001.seg"), 200);
        List<byte[]> values = new ArrayList<>(List.of(image, new byte[64], "bitcask_tombstone".getBytes()));
        for (int cut = 1; cut < image.length; cut += 7) {
            values.add(java.util.Arrays.copyOfRange(image, cut, image.length));
        }
        for (int i = 0; i < values.size(); i++) {
            store.put(key("image " + i), values.get(i), UNFORCED);
        }
        powerCutThatKeepsAll();
        store.merge();
        reopen();
        assertFalse(store.contains(key("k")));
        assertEquals(values.size(), store.stats().keys());
        for (int i = 0; i < values.size(); i++) {
            assertArrayEquals(values.get(i), store.get(key("image " + i)));
        }
    }

    private void powerCutThatKeepsAll() {
        directory = directory.crash(CrashState.everything());
        store = Engine.open(directory, OPTIONS, true);
    }

    /** Bug 17, HaloDB: {@code (byte) key.length}. */
    @Test
    void bug17KeysOfEveryLengthAreKept() {
        int[] lengths = {1, 2, 127, 128, 255, 256, 257, 32_767, 32_768, 65_534, 65_535};
        for (int length : lengths) {
            store.put(
                    Keys.value(1, length), ByteBuffer.allocate(4).putInt(length).array());
            store.put(Keys.value(2, length), new byte[1]);
            store.delete(Keys.value(2, length));
        }
        for (int round = 0; round < 3; round++) {
            assertEquals(lengths.length, store.stats().keys());
            for (int length : lengths) {
                byte[] value = store.get(Keys.value(1, length));
                assertArrayEquals(ByteBuffer.allocate(4).putInt(length).array(), value);
            }
            if (round == 0) {
                store.merge();
            }
            reopen();
        }
    }
}
