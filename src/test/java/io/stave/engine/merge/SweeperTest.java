package io.stave.engine.merge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.SegmentStats;
import io.stave.engine.Closing;
import io.stave.engine.House;
import io.stave.engine.Opening;
import io.stave.engine.base.KeyBytes;
import io.stave.engine.recovery.KeydirFile;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.Silence;
import io.stave.engine.support.TestClock;
import io.stave.engine.write.Write;
import io.stave.engine.write.Write.Condition;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import io.stave.segment.RecordFormat;
import io.stave.segment.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What has expired becomes dead bytes, segment by segment, at the times the sweeper asks for. */
class SweeperTest {

    private static final long START = 1_700_000_000_000L;
    private static final int RECORD = 20 + 8 + 1 + 100;

    private final TestClock clock = new TestClock(START);
    private final Options options = Options.defaults().segmentLength(4096).clock(clock);
    private SimulatedDirectory files = new SimulatedDirectory();
    private GateDirectory directory = new GateDirectory(files);
    private House house;
    private Closing closing;

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    @BeforeEach
    void open() throws IOException {
        house = Opening.open(directory, options, true);
        closing = new Closing(house);
    }

    @AfterEach
    void close() throws IOException {
        closing.close();
        assertEquals(List.of(), files.leaks());
    }

    /** From the hints, which know nothing of sweeps. */
    private void reopen() throws IOException {
        closing.close();
        files = files.afterCrash(CrashState.syncedOnly());
        boolean unused = files.delete(KeydirFile.NAME);
        directory = new GateDirectory(files);
        open();
    }

    private long put(String key, int length, long expiry) {
        return house.writePath.write(write(key, length, expiry));
    }

    private Write write(String key, int length, long expiry) {
        KeyBytes bytes = KeyBytes.of(key.getBytes(UTF_8));
        ByteBuffer value = ByteBuffer.allocate(length);
        return Write.put(bytes, house.reads.fingerprint(bytes), value, expiry, Condition.ALWAYS, 0, Durability.OS);
    }

    /** Has the segment that is written to end here. */
    private void seal() {
        house.writePath.forceThen(() -> {});
        put("fill " + house.stats().lastVersion(), 3900, RecordFormat.NO_EXPIRY);
        put("next " + house.stats().lastVersion(), 3900, RecordFormat.NO_EXPIRY);
    }

    private boolean shows(String key) {
        return house.reads.get(KeyBytes.of(key.getBytes(UTF_8))) != null;
    }

    private SegmentStats segment(long id) {
        SegmentStats stats = house.stats().segments().stream()
                .filter(segment -> segment.id() == id)
                .findAny()
                .orElseThrow();
        assertEquals(stats.length(), 64 + stats.liveBytes() + stats.deadBytes() + stats.tombstoneBytes());
        return stats;
    }

    @Test
    void whatHasExpiredBecomesDead() {
        put("a", 100, START + 10);
        put("b", 100, START + 20);
        put("c", 100, START + 11);
        put("d", 100, RecordFormat.NO_EXPIRY);
        seal();
        long keys = house.stats().keys();
        long dead = segment(1).deadBytes();
        assertEquals(START + 10, house.sweeper.sweep());
        assertEquals(dead, segment(1).deadBytes());
        clock.set(START + 11);
        assertEquals(START + 20, house.sweeper.sweep());
        assertEquals(dead + 2 * RECORD, segment(1).deadBytes());
        assertEquals(2 * RECORD, segment(1).expiredBytes());
        assertEquals(2 * RECORD, house.stats().space().expiredBytes());
        assertEquals(keys - 2, house.stats().keys());
        assertTrue(shows("b") && shows("d"));
        clock.set(START + 20);
        assertEquals(Segment.NO_EXPIRY, house.sweeper.sweep());
        assertEquals(3 * RECORD, segment(1).expiredBytes());
        assertEquals(keys - 3, house.stats().keys());
        assertTrue(shows("d"));
    }

    @Test
    void whatWasOverwrittenIsNotCountedTwiceAndWhatTookItsPlaceStays() {
        put("a", 100, START + 10);
        put("a", 100, START + 15);
        put("b", 100, START + 10);
        seal();
        put("b", 100, RecordFormat.NO_EXPIRY);
        long dead = segment(1).deadBytes();
        clock.set(START + 12);
        assertEquals(START + 15, house.sweeper.sweep());
        assertEquals(dead, segment(1).deadBytes());
        assertEquals(0, segment(1).expiredBytes());
        assertTrue(shows("a") && shows("b"));
        clock.set(START + 15);
        house.sweeper.sweep();
        assertEquals(RECORD, segment(1).expiredBytes());
        assertEquals(dead + RECORD, segment(1).deadBytes());
        assertTrue(shows("b"));
    }

    @Test
    void sweepsByHandLookAtTheSegmentThatIsWrittenTo() {
        put("a", 100, START + 10);
        put("b", 100, START + 500);
        clock.set(START + 10);
        house.sweeper.sweepAll();
        assertEquals(1, house.stats().keys());
        assertEquals(RECORD, segment(1).expiredBytes());
        // What was put after that walk is not forgotten, nor what it had seen.
        put("c", 100, START + 400);
        clock.set(START + 400);
        house.sweeper.sweepAll();
        assertFalse(house.stats().keys() == 2);
        clock.set(START + 500);
        house.sweeper.sweepAll();
        assertEquals(0, house.stats().keys());
        assertEquals(3 * RECORD, segment(1).expiredBytes());
    }

    @Test
    void aSegmentThatWasSweptByHandIsSweptWhenItIsSealed() {
        put("l", 100, START + 1_000_000);
        clock.set(START + 1);
        put("p", 100, START);
        house.sweeper.sweepAll();
        put("s", 100, START + 10);
        seal();
        assertEquals(START + 10, house.sweeper.sweep());
        clock.set(START + 10);
        assertEquals(START + 1_000_000, house.sweeper.sweep());
        assertEquals(2 * RECORD, segment(1).expiredBytes());
    }

    @Test
    void aSegmentThatIsNotSealedIsSweptTooButNotAllTheTime() {
        for (int i = 0; i < 50; i++) {
            put(Character.toString('A' + i % 20), 10, START + i);
        }
        clock.set(START + 35);
        long next = house.sweeper.sweep();
        assertTrue(house.stats().space().expiredBytes() > 0);
        for (int i = 36; i < 60; i++) {
            assertTrue(next > clock.millis(), "the next sweep comes later");
            clock.set(START + i);
            next = house.sweeper.sweep();
        }
        house.sweeper.sweepAll();
        assertEquals(Segment.NO_EXPIRY, house.sweeper.sweep());
        assertEquals(0, house.stats().keys());
    }

    /** Nobody calls anything, and the segment is never sealed: the clock goes on, or jumps, and that is found out. */
    @Test
    void whatExpiresIsSweptInTheBackgroundWhateverThePolicy() throws IOException {
        for (MergePolicy policy : List.of(MergePolicy.automatic(), MergePolicy.manual())) {
            closing.close();
            files = new SimulatedDirectory();
            directory = new GateDirectory(files);
            house = Opening.open(directory, options.mergePolicy(policy), false);
            closing = new Closing(house);
            put("early", 100, START + 1);
            put("late", 100, START + 100_000_000);
            clock.set(START + 1);
            Background.await(() -> house.stats().keys() == 1);
            clock.set(START + 100_000_000);
            Background.await(() -> house.stats().keys() == 0);
            // There is nothing left that it could wait for; it hears of the next.
            put("next", 100, START + 100_000_001);
            clock.set(START + 100_000_001);
            Background.await(() -> house.stats().keys() == 0);
            clock.set(START);
        }
    }

    /** A sixteenth of the segment at a time: no timer for each key, and no busy loop. */
    @Test
    void theNextSweepIsDueWhenASixteenthMoreHasExpired() {
        int records = 30;
        for (int i = 0; i < records; i++) {
            put(Character.toString('A' + i), 100, START + 1000 + 100L * i);
        }
        seal();
        long sixteenth = segment(1).length() / 16;
        long next = house.sweeper.sweep();
        assertEquals(START + 1000, next);
        int sweeps = 0;
        long before = 0;
        while (next != Segment.NO_EXPIRY) {
            assertTrue(next > clock.millis(), "the next sweep comes later");
            clock.set(next);
            next = house.sweeper.sweep();
            long expired = segment(1).expiredBytes();
            assertTrue(sweeps == 0 || next == Segment.NO_EXPIRY || expired - before >= sixteenth);
            before = expired;
            sweeps++;
        }
        assertEquals((long) records * RECORD, segment(1).expiredBytes());
        assertEquals(START + 1000 + 100L * (records - 1), clock.millis(), "all had expired then, and not earlier");
        assertTrue(sweeps <= 17, sweeps + " sweeps");
        int reads = directory.count(Act.READ, name -> true);
        clock.advance(1_000_000);
        assertEquals(Segment.NO_EXPIRY, house.sweeper.sweep());
        house.sweeper.sweepAll();
        assertEquals(reads, directory.count(Act.READ, name -> true), "there is nothing to look for");
    }

    @Test
    void aClockThatJumpsFarAheadSweepsEverythingAtOnce() {
        for (int i = 0; i < 20; i++) {
            put(Character.toString('A' + i), 100, START + 1 + (1L << i));
        }
        put("for ever", 100, Long.MAX_VALUE);
        seal();
        clock.set(Long.MAX_VALUE - 1);
        assertEquals(Long.MAX_VALUE, house.sweeper.sweep());
        assertEquals(20 * RECORD, segment(1).expiredBytes());
        clock.set(START);
        assertFalse(shows("A"), "it was taken at its word");
        assertTrue(shows("for ever"));
    }

    @Test
    void aClockThatJumpsBackPutsSweepsOff() {
        put("a", 100, START + 10);
        seal();
        clock.set(-START);
        assertEquals(START + 10, house.sweeper.sweep());
        clock.set(Long.MIN_VALUE);
        assertEquals(START + 10, house.sweeper.sweep());
        assertEquals(0, segment(1).expiredBytes());
    }

    @Test
    void earliestExpiriesAreKnownAfterAnOpenFromHintsAndFromScans() throws IOException {
        put("a", 100, START + 10);
        put("b", 100, START + 2000);
        put("c", 100, RecordFormat.NO_EXPIRY);
        seal();
        clock.set(START + 10);
        reopen();
        assertEquals(START + 2000, house.sweeper.sweep());
        assertEquals(RECORD, segment(1).expiredBytes());
        closing.close();
        files = files.afterCrash(CrashState.syncedOnly());
        files.delete("0000000000000001.hint");
        files.delete(KeydirFile.NAME);
        directory = new GateDirectory(files);
        open();
        assertEquals(0, segment(1).expiredBytes(), "sweeps leave nothing on disk");
        assertEquals(START + 2000, house.sweeper.sweep());
        assertEquals(RECORD, segment(1).expiredBytes());
    }

    @Test
    void timesAtTheEndsOfTheCalendarAreTimesLikeAnyOther() {
        clock.set(Long.MIN_VALUE + 5);
        put("a", 100, Long.MIN_VALUE + 5);
        put("b", 100, Long.MAX_VALUE - 1);
        put("c", 100, 7);
        seal();
        assertEquals(7, house.sweeper.sweep());
        assertEquals(RECORD, segment(1).expiredBytes());
        clock.set(7);
        assertEquals(Long.MAX_VALUE - 1, house.sweeper.sweep());
        clock.set(Long.MAX_VALUE - 1);
        assertEquals(Segment.NO_EXPIRY, house.sweeper.sweep());
        assertEquals(3 * RECORD, segment(1).expiredBytes());
    }

    @Test
    void inASegmentWithoutHintWhatWasOverwrittenIsNotTakenForWhatIsThere() throws IOException {
        put("a", 100, START + 10);
        put("a", 100, START + 900);
        seal();
        files.delete("0000000000000001.hint");
        clock.set(START + 10);
        assertEquals(START + 900, house.sweeper.sweep());
        assertTrue(shows("a"));
    }

    @Test
    void aSegmentWithoutHintIsScanned() throws IOException {
        put("a", 100, START + 10);
        put("b", 100, START + 2000);
        seal();
        files.delete("0000000000000001.hint");
        clock.set(START + 10);
        assertEquals(START + 2000, house.sweeper.sweep());
        assertEquals(RECORD, segment(1).expiredBytes());
    }

    /** Whatever cannot be read: it is tried again, but not at once. */
    @Test
    void aSegmentThatCannotBeReadIsTriedAgainAnHourLater() {
        put("a", 100, START + 10);
        seal();
        clock.set(START + 10);
        GateDirectory.Rule unreadable =
                directory.fail(Act.OPEN, name -> name.startsWith("0000000000000001"), new IOException("of a test"));
        assertEquals(START + 10 + 3_600_000, house.sweeper.sweep());
        assertEquals(0, segment(1).expiredBytes());
        directory.remove(unreadable);
        clock.set(START + 10 + 3_599_999);
        assertEquals(START + 10 + 3_600_000, house.sweeper.sweep());
        assertEquals(0, segment(1).expiredBytes());
        clock.advance(1);
        assertEquals(Segment.NO_EXPIRY, house.sweeper.sweep());
        assertEquals(RECORD, segment(1).expiredBytes());
    }

    @Test
    void ofADamagedSegmentWithoutHintThatIsSweptWhichCanBeRead() throws IOException {
        put("a", 100, START + 10);
        put("b", 100, START + 10);
        seal();
        files.delete("0000000000000001.hint");
        byte[] content = files.content("0000000000000001.seg");
        content[64 + RECORD + 50] ^= 1;
        files.damage("0000000000000001.seg", content);
        clock.set(START + 10);
        assertEquals(START + 10 + 3_600_000, house.sweeper.sweep());
        assertEquals(RECORD, segment(1).expiredBytes());
    }

    @Test
    void aPutThatComesDuringASweepStays() {
        put("a", 100, START + 10);
        seal();
        clock.set(START + 10);
        GateDirectory.Rule[] rule = new GateDirectory.Rule[1];
        rule[0] = directory.rule((act, name, position, length) -> {
            if (act == Act.READ && name.endsWith("1.hint")) {
                directory.remove(rule[0]);
                put("a", 200, START + 900);
            }
        });
        assertEquals(START + 900, house.sweeper.sweep());
        assertTrue(shows("a"));
        assertEquals(0, house.stats().space().expiredBytes());
    }

    /** Between the copy of a record and the swing of the keydir: then the copy is dead, and nothing points at it. */
    @Test
    void aSweepInTheMiddleOfAMergeTakesItsCopiesForWhatTheyAre() throws IOException {
        put("a", 100, START + 10);
        put("b", 100, RecordFormat.NO_EXPIRY);
        put("dead", 100, RecordFormat.NO_EXPIRY);
        put("dead", 100, RecordFormat.NO_EXPIRY);
        seal();
        boolean[] swept = {false};
        directory.rule((act, name, position, length) -> {
            if (act == Act.CREATE && name.endsWith(".hint.tmp") && !swept[0]) {
                swept[0] = true;
                clock.set(START + 10);
                house.sweeper.sweep();
            }
        });
        long output = house.merger.merge(List.of(1L)).outputs().get(0);
        assertTrue(swept[0]);
        assertEquals(RECORD, segment(output).deadBytes());
        assertFalse(shows("a"));
        assertTrue(shows("b") && shows("dead"));
        clock.set(START);
        assertFalse(shows("a"));
        reopen();
        assertTrue(shows("a"), "it is there still, and has not expired by this clock");
        clock.set(START + 10);
        house.merger.merge(null);
        assertEquals(0, house.stats().space().expiredBytes());
        clock.set(START);
        reopen();
        assertFalse(shows("a"));
        assertTrue(shows("b"));
    }

    @Test
    void whatWasSweptStaysSoWhenTheKeydirIsRestored() throws IOException {
        put("a", 100, START + 10);
        put("b", 100, START + 20);
        seal();
        clock.set(START + 10);
        assertEquals(START + 20, house.sweeper.sweep());
        List<SegmentStats> before = house.stats().segments();
        closing.close();
        files = files.afterCrash(CrashState.syncedOnly());
        directory = new GateDirectory(files);
        open();
        assertTrue(house.stats().recovery().keydirRestored());
        assertEquals(before.get(0), house.stats().segments().get(0));
        assertEquals(RECORD, house.stats().space().expiredBytes());
        clock.set(START + 20);
        assertEquals(Segment.NO_EXPIRY, house.sweeper.sweep());
        assertEquals(2 * RECORD, house.stats().space().expiredBytes());
    }

    @Test
    void whatAMergeHasCopiedIsSweptWhenItExpires() {
        put("a", 100, START + 10);
        put("b", 100, START + 5);
        seal();
        clock.set(START + 5);
        long output = house.merger.merge(List.of(1L)).outputs().get(0);
        assertEquals(START + 10, house.sweeper.sweep());
        assertEquals(0, segment(output).deadBytes());
        clock.set(START + 10);
        assertEquals(Segment.NO_EXPIRY, house.sweeper.sweep());
        assertEquals(RECORD, segment(output).expiredBytes());
    }

    @Test
    void closeEndsASweepThatIsRunning() throws Exception {
        put("a", 100, START + 10);
        seal();
        clock.set(START + 10);
        GateDirectory.Gate gate = directory.hold(Act.READ, name -> name.endsWith("1.hint"));
        Background<Long> sweep = Background.run(house.sweeper::sweep);
        gate.awaitArrivals(1);
        Background<Boolean> close = Background.start(closing::close).awaitWaiting();
        assertFalse(close.done());
        directory.open(gate);
        close.join();
        assertEquals(START + 10, sweep.join());
        int opened = directory.count(Act.OPEN, name -> true);
        house.sweeper.sweepAll();
        assertEquals(opened, directory.count(Act.OPEN, name -> true));
    }

    @Test
    void thePauseBetweenSweepsIsNotTooLongAndAMillisecondAtTheLeast() {
        assertEquals(60_000, House.pause(START + 60_001, START, 60_000));
        assertEquals(59_999, House.pause(START + 59_999, START, 60_000));
        assertEquals(1, House.pause(START, START, 60_000));
        assertEquals(1, House.pause(START - 1, START, 60_000));
        assertEquals(60_000, House.pause(Long.MAX_VALUE - 1, Long.MIN_VALUE, 60_000));
        assertEquals(60_000, House.pause(Long.MAX_VALUE - 1, -1, 60_000));
        assertEquals(5, House.pause(Long.MAX_VALUE - 1, Long.MAX_VALUE - 6, 60_000));
    }

    @Test
    void hidingDoesNotWaitForSweeps() {
        put("a", 100, START + 10);
        clock.set(START + 10);
        assertFalse(shows("a"));
        assertNull(house.reads.getEntry(KeyBytes.of("a".getBytes(UTF_8))));
        clock.set(START + 9);
        assertNotNull(house.reads.getEntry(KeyBytes.of("a".getBytes(UTF_8))));
    }
}
