package io.stave.engine.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.stave.Batch;
import io.stave.CorruptionException;
import io.stave.MergePolicy;
import io.stave.MergeReport;
import io.stave.Options;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.StoreClosedException;
import io.stave.StoreFailedException;
import io.stave.StoreFullException;
import io.stave.StoreIOException;
import io.stave.engine.Engine;
import io.stave.engine.support.QuietLog;
import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a recording of the Java Flight Recorder holds of a store. */
@ExtendWith(QuietLog.class)
class FlightTest {

    private static final Options OPTIONS =
            Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());

    private static final Set<String> NAMES = Set.of(
            "io.stave.Open",
            "io.stave.Roll",
            "io.stave.Merge",
            "io.stave.Force",
            "io.stave.SlowOperation",
            "io.stave.Corruption",
            "io.stave.Stop",
            "io.stave.LowDisk");

    @TempDir
    Path files;

    private SimulatedDirectory disk = new SimulatedDirectory();

    /** What is recorded. */
    private interface Work {
        void run() throws Exception;
    }

    /** The events of one kind, in the order in which they began, with whatever threshold. */
    private List<RecordedEvent> record(String name, Duration threshold, Work work) throws Exception {
        Path file = files.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.enable(name).withThreshold(threshold);
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .sorted((a, b) -> a.getStartTime().compareTo(b.getStartTime()))
                .toList();
        for (RecordedEvent event : events) {
            assertEquals(disk.path().toString(), event.getString("store"), event::toString);
            assertEquals(List.of("Stave"), event.getEventType().getCategoryNames());
        }
        return events;
    }

    private List<RecordedEvent> record(String name, Work work) throws Exception {
        return record(name, Duration.ZERO, work);
    }

    private Stave open() {
        return Engine.open(disk, OPTIONS, true);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void put(Stave store, int from, int to) {
        for (int i = from; i < to; i++) {
            store.put(bytes("key " + i), new byte[700]);
        }
    }

    private static RecordedEvent only(List<RecordedEvent> events) {
        assertEquals(1, events.size(), events::toString);
        return events.get(0);
    }

    @Test
    void openTellsWhatItFound() throws Exception {
        RecordedEvent created = only(record("io.stave.Open", () -> open().close()));
        assertTrue(created.getBoolean("created"));
        assertTrue(created.getBoolean("clean"));
        assertEquals(0, created.getInt("segments"));
        assertNull(created.getString("failure"));
        assertTrue(created.getDuration().toNanos() > 0);
    }

    @Test
    void recoveryTellsWhatItDid() throws Exception {
        Stave before = open();
        put(before, 0, 20);
        SimulatedDirectory crashed = disk.afterCrash(CrashState.syncedOnly());
        before.close();
        disk = crashed;
        RecordedEvent recovered = only(record("io.stave.Open", () -> open().close()));
        assertFalse(recovered.getBoolean("created"));
        assertFalse(recovered.getBoolean("clean"));
        assertFalse(recovered.getBoolean("keydirRestored"));
        assertEquals(20, recovered.getLong("recordsRecovered"));
        assertTrue(recovered.getInt("segments") > 1);
        assertTrue(recovered.getInt("segmentsScanned") > 0);
        assertTrue(recovered.getLong("bytesScanned") > 0);
        assertEquals(0, recovered.getInt("cuts"));
    }

    @Test
    void openThatFailsSaysWhy() throws Exception {
        RecordedEvent failed = only(record(
                "io.stave.Open",
                () -> assertThrows(
                        StoreIOException.class, () -> Engine.open(disk, OPTIONS.createIfMissing(false), true))));
        assertTrue(failed.getString("failure").contains("there is no store"), failed::toString);
    }

    @Test
    void rollNamesBothSegments() throws Exception {
        try (Stave store = open()) {
            List<RecordedEvent> rolls = record("io.stave.Roll", () -> put(store, 0, 20));
            List<SegmentStats> segments = store.stats().segments();
            assertEquals(segments.size(), rolls.size());
            assertTrue(rolls.size() > 2);
            assertNull(rolls.get(0).getString("previous"));
            for (int i = 1; i < rolls.size(); i++) {
                assertEquals(segments.get(i).fileName(), rolls.get(i).getString("segment"));
                assertEquals(segments.get(i - 1).fileName(), rolls.get(i).getString("previous"));
                assertEquals(segments.get(i - 1).length(), rolls.get(i).getLong("previousLength"));
                assertTrue(rolls.get(i).getDuration().toNanos() > 0);
            }
        }
    }

    @Test
    void mergeTellsWhatItsReportTells() throws Exception {
        try (Stave store = open()) {
            put(store, 0, 20);
            put(store, 0, 20);
            MergeReport[] report = new MergeReport[1];
            RecordedEvent merge = only(record("io.stave.Merge", () -> report[0] = store.merge()));
            assertFalse(merge.getBoolean("background"));
            assertEquals(report[0].inputs().size(), merge.getInt("inputs"));
            assertEquals(report[0].outputs().size(), merge.getInt("outputs"));
            assertEquals(report[0].bytesRead(), merge.getLong("bytesRead"));
            assertEquals(report[0].bytesWritten(), merge.getLong("bytesWritten"));
            assertEquals(report[0].bytesReclaimed(), merge.getLong("bytesReclaimed"));
            assertEquals(report[0].recordsCopied(), merge.getLong("recordsCopied"));
            assertEquals(report[0].recordsDropped(), merge.getLong("recordsDropped"));
            assertEquals(0, merge.getInt("damagedSegments"));
            assertTrue(merge.getLong("bytesReclaimed") > 0);
            assertNull(merge.getString("failure"));
        }
    }

    @Test
    void mergeThatFailsSaysWhy() throws Exception {
        Stave store = open();
        store.close();
        RecordedEvent merge =
                only(record("io.stave.Merge", () -> assertThrows(StoreClosedException.class, store::merge)));
        assertEquals(0, merge.getInt("inputs"));
        assertTrue(merge.getString("failure").contains("StoreClosedException"), merge::toString);
    }

    @Test
    void forceNamesItsSegmentAndItsBytes() throws Exception {
        try (Stave store = open()) {
            put(store, 0, 1);
            long before = store.stats().commits().bytesWritten();
            RecordedEvent force = only(record("io.stave.Force", () -> put(store, 1, 2)));
            assertEquals(store.stats().segments().get(0).fileName(), force.getString("segment"));
            assertEquals(store.stats().commits().bytesWritten() - before, force.getLong("bytes"));
            assertTrue(force.getDuration().toNanos() > 0);
        }
    }

    @Test
    void everyCallIsAnOperationIfItIsSlow() throws Exception {
        try (Stave store = open()) {
            byte[] key = bytes("key");
            ByteBuffer buffer = ByteBuffer.wrap(key);
            Work work = () -> {
                store.put(key, key);
                store.get(key);
                store.get(buffer);
                store.getEntry(key);
                store.read(key, (value, version) -> value.remaining());
                store.contains(key);
                store.compareAndSet(key, 1, key);
                store.setExpiry(key, null);
                store.apply(new Batch().put(key, key));
                store.sync();
                store.snapshot().close();
                store.delete(key);
            };
            List<RecordedEvent> all = record("io.stave.SlowOperation", work);
            assertEquals(
                    List.of(
                            "put",
                            "get",
                            "get",
                            "getEntry",
                            "read",
                            "contains",
                            "compareAndSet",
                            "setExpiry",
                            "apply",
                            "sync",
                            "snapshot",
                            "delete"),
                    all.stream().map(event -> event.getString("operation")).toList());
            assertNotNull(all.get(0).getStackTrace(), "it says who called");
            store.put(key, key);
            assertEquals(List.of(), record("io.stave.SlowOperation", Duration.ofHours(1), work));
        }
    }

    @Test
    void corruptionNamesThePlaceOnce() throws Exception {
        SegmentStats first;
        try (Stave store = open()) {
            put(store, 0, 20);
            first = store.stats().segments().get(0);
        }
        disk = disk.crash(CrashState.everything());
        byte[] damaged = disk.content(first.fileName());
        damaged[(int) first.length() - 100] ^= 1;
        disk.damage(first.fileName(), damaged);
        try (Stave store = open()) {
            String[] found = new String[3];
            RecordedEvent event = only(record("io.stave.Corruption", () -> {
                for (int round = 0; round < 2; round++) {
                    for (int i = 0; i < 20; i++) {
                        try {
                            store.get(bytes("key " + i));
                        } catch (CorruptionException e) {
                            found[0] = e.file();
                            found[1] = e.expected();
                            found[2] = e.actual();
                        }
                    }
                }
            }));
            assertEquals(first.fileName(), found[0]);
            assertEquals(found[0], event.getString("file"));
            assertEquals(found[1], event.getString("expected"));
            assertEquals(found[2], event.getString("actual"));
            assertTrue(event.getLong("offset") > 0);
        }
    }

    @Test
    void stopNamesTheFailure() throws Exception {
        try (Stave store = open()) {
            put(store, 0, 1);
            RecordedEvent stop = only(record("io.stave.Stop", () -> {
                disk.failFrom(1, Fault.EIO.on(Fault.Call.FORCE));
                assertThrows(StoreFailedException.class, () -> put(store, 1, 2));
                assertThrows(StoreFailedException.class, () -> put(store, 2, 3));
                disk.heal();
            }));
            assertTrue(stop.getString("failure").contains("force failed"), stop::toString);
        }
    }

    @Test
    void lowDiskTellsOfEachLevelOnce() throws Exception {
        disk.capacity(120_000);
        try (Stave store = open()) {
            List<RecordedEvent> levels = record("io.stave.LowDisk", () -> {
                assertThrows(StoreFullException.class, () -> put(store, 0, 10_000));
                disk.capacity(1 << 30);
                put(store, 0, 20);
            });
            assertEquals(
                    List.of("LOW", "AMPLE"),
                    levels.stream().map(event -> event.getString("level")).toList());
            assertTrue(levels.get(0).getLong("usableBytes") > levels.get(0).getLong("spareBytes"));
            assertTrue(levels.get(1).getLong("spareBytes") > levels.get(0).getLong("spareBytes"));
        }
    }

    /** Forces and operations are many: what a recording takes of them by default are the slow ones. */
    @Test
    void eventsAreDescribedAndThresholdsAreWhatThePagesSay() throws Exception {
        List<RecordedEvent> unused = record("io.stave.Open", () -> open().close());
        Set<EventType> types = Stream.of(
                        OpenEvent.class,
                        RollEvent.class,
                        MergeEvent.class,
                        ForceEvent.class,
                        SlowOperationEvent.class,
                        CorruptionEvent.class,
                        StopEvent.class,
                        LowDiskEvent.class)
                .map(EventType::getEventType)
                .collect(Collectors.toSet());
        Function<String, String> threshold = name -> types.stream()
                .filter(type -> type.getName().equals(name))
                .flatMap(type -> type.getSettingDescriptors().stream())
                .filter(setting -> setting.getName().equals("threshold"))
                .map(setting -> setting.getDefaultValue())
                .findFirst()
                .orElseThrow();
        assertEquals(NAMES, types.stream().map(EventType::getName).collect(Collectors.toSet()));
        assertEquals("10 ms", threshold.apply("io.stave.Force"));
        assertEquals("20 ms", threshold.apply("io.stave.SlowOperation"));
        types.forEach(type -> assertNotNull(type.getDescription(), type::getName));
    }

    @Test
    void nothingBeginsAndNothingIsAllocatedWhereNobodyRecords() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        assertNull(Flight.beginOperation());
        long asking = threads.getThreadAllocatedBytes(id);
        asking = threads.getThreadAllocatedBytes(id) - asking;
        long before = threads.getThreadAllocatedBytes(id);
        for (int i = 0; i < 100_000; i++) {
            if (Flight.beginOperation() != null || Flight.beginForce(i) != null || Flight.beginRoll() != null) {
                throw new AssertionError("nobody records");
            }
        }
        long allocated = threads.getThreadAllocatedBytes(id) - before - asking;
        assertTrue(allocated < 10_000, () -> allocated + " bytes");
    }

    @Test
    void classThatIsNotThereIsNotPresent() {
        assertTrue(Flight.isPresent("jdk.jfr.Event"));
        assertFalse(Flight.isPresent("jdk.jfr.NoSuchClass"));
    }
}
