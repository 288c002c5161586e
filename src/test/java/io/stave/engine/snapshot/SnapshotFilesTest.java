package io.stave.engine.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.Entry;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.SegmentStats;
import io.stave.Snapshot;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.GateDirectory.Rule;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which files a snapshot keeps, and how it reads them. */
class SnapshotFilesTest {

    private SimulatedDirectory disk = new SimulatedDirectory();
    private GateDirectory directory = new GateDirectory(disk);
    private Stave store = open(4096);

    private Stave open(int segmentLength) {
        return Engine.open(
                directory,
                Options.defaults()
                        .segmentLength(segmentLength)
                        .durability(Durability.OS)
                        .mergePolicy(MergePolicy.manual()),
                true);
    }

    /** Closes the store and opens it again. */
    private void reopen(int segmentLength) {
        store.close();
        assertEquals(List.of(), disk.leaks());
        disk = disk.afterCrash(CrashState.everything());
        directory = new GateDirectory(disk);
        store = open(segmentLength);
    }

    @AfterEach
    void everythingIsGivenBack() {
        store.close();
        assertEquals(List.of(), disk.leaks());
    }

    private static byte[] key(int i) {
        return ("key " + i).getBytes(UTF_8);
    }

    private void fill(int keys, int length) {
        for (int i = 0; i < keys; i++) {
            store.put(key(i), new byte[length]);
        }
    }

    private static Set<String> keys(Snapshot snapshot) {
        Set<String> keys = new TreeSet<>();
        snapshot.keys().forEachRemaining(key -> assertTrue(keys.add(new String(key, UTF_8))));
        return keys;
    }

    private static Set<String> entries(Snapshot snapshot) {
        Set<String> keys = new TreeSet<>();
        snapshot.entries().forEachRemaining(entry -> assertTrue(keys.add(new String(entry.key(), UTF_8))));
        return keys;
    }

    /** The segments and hints that are there. */
    private Set<String> files() throws IOException {
        Set<String> files = new TreeSet<>(directory.list());
        files.removeIf(name -> !name.endsWith(".seg") && !name.endsWith(".hint"));
        return files;
    }

    private Set<String> listed() {
        Set<String> files = new TreeSet<>();
        for (SegmentStats segment : store.stats().segments()) {
            files.add(segment.fileName());
            if (segment.state() == SegmentStats.State.SEALED) {
                files.add(segment.fileName().replace(".seg", ".hint"));
            }
        }
        return files;
    }

    @Test
    void filesOfReplacedSegmentsStayForThoseWhoSawThemAndGoWithTheLast() throws IOException {
        fill(20, 500);
        Snapshot first = store.snapshot();
        Snapshot second = store.snapshot();
        Set<String> then = listed();
        assertEquals(0, first.pinnedBytes());
        fill(20, 400);
        long length = lengthOf(then);
        int mappings = directory.mappings();
        store.merge();
        assertTrue(directory.mappings() < mappings, "only files are kept, no mappings");
        assertTrue(files().containsAll(then));
        assertEquals(length, first.pinnedBytes());
        Snapshot late = store.snapshot();
        assertEquals(0, late.pinnedBytes());
        fill(10, 300);
        store.merge();
        assertNotEquals(0, late.pinnedBytes());
        assertEquals(length, first.pinnedBytes(), "what came later is not its business");
        first.close();
        assertTrue(files().containsAll(then));
        assertEquals(length, second.pinnedBytes());
        assertEquals(20, entries(second).size());
        second.close();
        then.forEach(name -> assertFalse(filesNow().contains(name), name));
        assertEquals(20, entries(late).size());
        late.close();
        fill(1, 10); // in the segment that was created ahead
        assertEquals(listed(), files());
    }

    private long lengthOf(Set<String> files) {
        return store.stats().segments().stream()
                .filter(segment -> files.contains(segment.fileName()))
                .mapToLong(SegmentStats::length)
                .sum();
    }

    private Set<String> filesNow() {
        try {
            return files();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Also when nothing on the disk has it any more. */
    @Test
    void versionIsThatOfTheLastWrite() {
        fill(3, 10);
        for (int i = 0; i < 3; i++) {
            store.delete(key(i));
        }
        assertEquals(6, versionOfASnapshot());
        store.merge();
        assertEquals(List.of(), store.stats().segments());
        assertEquals(6, versionOfASnapshot());
        reopen(4096);
        assertEquals(6, versionOfASnapshot());
    }

    private long versionOfASnapshot() {
        try (Snapshot snapshot = store.snapshot()) {
            return snapshot.version();
        }
    }

    @Test
    void closeOfTheStoreDeletesWhatOnlySnapshotsNeeded() throws IOException {
        fill(20, 500);
        Snapshot snapshot = store.snapshot();
        fill(20, 400);
        store.merge();
        assertNotEquals(0, snapshot.pinnedBytes());
        reopen(4096);
        assertEquals(listed(), files());
    }

    /** Deleting an open file frees no space: so a cursor that nobody closes must not keep it open. */
    @Test
    void closeClosesTheFilesOfItsCursors() {
        fill(20, 500);
        List<String> before = disk.leaks();
        Snapshot snapshot = store.snapshot();
        List<Snapshot.Cursor<?>> cursors = List.of(snapshot.entries(), snapshot.keys(), snapshot.entries());
        cursors.forEach(Snapshot.Cursor::next);
        assertEquals(before.size() + 3, disk.leaks().size());
        snapshot.close();
        assertEquals(before, disk.leaks());
        cursors.forEach(Snapshot.Cursor::close);
    }

    @Test
    void entriesAreReadFromFrontToBackOnceAndNotThroughMappings() {
        reopen(4 << 20);
        fill(200, 64 * 1024);
        fill(50, 32 * 1024); // superseded records are judged without a look at the newer ones
        Map<String, Long> reached = new HashMap<>();
        List<String> order = new ArrayList<>();
        Snapshot snapshot = store.snapshot();
        Rule rule = directory.rule((act, name, position, length) -> {
            if (GateDirectory.segment(name)) {
                assertEquals(Act.READ, act == Act.OPEN ? Act.READ : act, name);
                if (act == Act.READ) {
                    if (!reached.containsKey(name)) {
                        order.add(name);
                    }
                    assertEquals(reached.getOrDefault(name, 64L), position, name);
                    reached.put(name, position + length);
                }
            }
        });
        assertEquals(200, entries(snapshot).size());
        directory.remove(rule);
        assertEquals(order.stream().sorted().toList(), order);
        store.stats().segments().forEach(segment -> assertEquals(segment.length(), reached.get(segment.fileName())));
        snapshot.close();
    }

    /** Also of a segment that was sealed, and of one that was replaced, after the moment. */
    @Test
    void keysReadTheHintWhereThereIsOne() {
        fill(20, 500);
        Snapshot snapshot = store.snapshot();
        String active = store.stats()
                .segments()
                .get(store.stats().segments().size() - 1)
                .fileName();
        assertEquals(Set.of(active), segmentsReadByKeys(snapshot));
        fill(1, 0);
        fill(10, 3500);
        assertEquals(Set.of(active), segmentsReadByKeys(snapshot), "its hint may know newer records only");
        store.merge();
        assertEquals(Set.of(active), segmentsReadByKeys(snapshot));
        snapshot.close();
    }

    private Set<String> segmentsReadByKeys(Snapshot snapshot) {
        Set<String> read = new TreeSet<>();
        Rule rule = directory.rule((act, name, position, length) -> {
            if (act == Act.READ && GateDirectory.segment(name)) {
                read.add(name);
            }
        });
        assertEquals(20, keys(snapshot).size());
        directory.remove(rule);
        return read;
    }

    @Test
    void keysAreReadFromTheSegmentFromWhereItsHintIsDamaged() throws IOException {
        reopen(1 << 20);
        fill(40_000, 10);
        String hint = files().stream()
                .filter(name -> name.endsWith(".hint"))
                .findFirst()
                .orElseThrow();
        byte[] content = disk.content(hint);
        for (int at : new int[] {10, 1000, content.length / 2}) {
            byte[] damaged = content.clone();
            damaged[at] ^= 1;
            disk.damage(hint, damaged);
            try (Snapshot snapshot = store.snapshot()) {
                assertEquals(40_000, keys(snapshot).size());
            }
        }
        directory.delete(hint);
        try (Snapshot snapshot = store.snapshot()) {
            assertEquals(40_000, keys(snapshot).size());
        }
    }

    /** The window of a cursor that was closed serves the next one: a client that pages costs one window. */
    @Test
    void pagesShareOneWindow() {
        fill(40, 50);
        try (Snapshot snapshot = store.snapshot()) {
            assertEquals(40, pages(snapshot, 40));
            long before = directBuffers();
            assertEquals(40, pages(snapshot, 1));
            assertTrue(directBuffers() <= before, "40 pages, " + (directBuffers() - before) + " windows");
        }
    }

    private static int pages(Snapshot snapshot, int length) {
        Set<String> keys = new TreeSet<>();
        Snapshot.Position at = Snapshot.Position.START;
        for (boolean more = true; more; ) {
            try (Snapshot.Cursor<Entry> page = snapshot.entries(new byte[0], at)) {
                for (int i = 0; i < length && page.hasNext(); i++) {
                    assertTrue(keys.add(new String(page.next().key(), UTF_8)));
                }
                at = page.position();
                more = page.hasNext();
            }
        }
        return keys.size();
    }

    private static long directBuffers() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getCount)
                .sum();
    }
}
