package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.live.HintBuilder;
import io.stave.engine.support.LogFile;
import io.stave.hint.HintFile;
import io.stave.io.SimulatedDirectory;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.manifest.ListedSegment;
import io.stave.segment.Segment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When a merge may drop a tombstone (I6). */
class TombstoneRuleTest {

    private static final KeyHash HASH = new KeyHash(1, 2);

    private final SimulatedDirectory directory = new SimulatedDirectory();

    private static long fingerprint(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        Fingerprint fingerprint = new Fingerprint();
        HASH.hash(bytes, 0, bytes.length, fingerprint);
        return fingerprint.high;
    }

    /** A sealed segment with its hint. */
    private Segment sealed(LogFile file) throws IOException {
        file.saveTo(directory);
        ListedSegment listed = file.sealed();
        new HintBuilder(directory, HASH).build(listed);
        return segment(listed);
    }

    private Segment segment(ListedSegment listed) {
        return Segment.sealed(
                LogFile.STORE,
                listed.id(),
                directory.allocate(1),
                listed.length(),
                listed.digest(),
                listed.minSequence(),
                listed.maxSequence(),
                false);
    }

    private boolean mustKeep(List<Segment> live, Set<Long> inputs, String key, long sequence) {
        TombstoneRule rule = new TombstoneRule(directory, live, inputs);
        rule.consider(fingerprint(key), sequence);
        rule.judge();
        return rule.mustKeep(sequence);
    }

    @Test
    void tombstoneStaysWhileAnOlderSegmentHoldsItsKey() throws IOException {
        Segment older = sealed(new LogFile(1, 1).put(1, "a", "1"));
        assertTrue(mustKeep(List.of(older), Set.of(), "a", 2));
    }

    @Test
    void tombstoneGoesIfTheFilterOfEveryOlderSegmentKnowsNothingOfItsKey() throws IOException {
        Segment first = sealed(new LogFile(1, 1).put(1, "a", "1"));
        Segment second = sealed(new LogFile(2, 2).put(2, "b", "1"));
        assertFalse(mustKeep(List.of(first, second), Set.of(), "c", 3));
        assertTrue(mustKeep(List.of(first, second), Set.of(), "b", 3));
    }

    @Test
    void olderSegmentThatIsMergedTooNeedsNoTombstone() throws IOException {
        Segment older = sealed(new LogFile(1, 1).put(1, "a", "1"));
        assertFalse(mustKeep(List.of(older), Set.of(1L), "a", 2));
    }

    @Test
    void youngerSegmentNeedsNoTombstone() throws IOException {
        Segment younger = sealed(new LogFile(5, 1).put(8, "a", "1"));
        assertFalse(mustKeep(List.of(younger), Set.of(), "a", 7));
        assertFalse(mustKeep(List.of(younger), Set.of(), "a", 8));
        assertTrue(mustKeep(List.of(younger), Set.of(), "a", 9));
    }

    /** The smallest sequence of a segment decides, not its id: the output of a merge has a large id and old records. */
    @Test
    void outputOfAMergeCountsAsOldAsItsOldestRecord() throws IOException {
        Segment output = sealed(new LogFile(900, 0).put(1, "a", "1").put(500, "b", "2"));
        assertTrue(mustKeep(List.of(output), Set.of(), "a", 2));
    }

    @Test
    void deletedKeyCountsAsHeld() throws IOException {
        Segment older = sealed(new LogFile(1, 1).put(1, "a", "1").tombstone(2, "a"));
        assertTrue(mustKeep(List.of(older), Set.of(), "a", 3));
    }

    @Test
    void segmentWithoutAUsableHintKeepsEveryTombstone() throws IOException {
        Segment older = sealed(new LogFile(1, 1).put(1, "a", "1"));
        byte[] hint = directory.content(HintFile.name(1));
        assertFalse(mustKeep(List.of(older), Set.of(), "c", 3));

        byte[] damaged = hint.clone();
        damaged[hint.length - 6] ^= 1;
        directory.damage(HintFile.name(1), damaged);
        assertTrue(mustKeep(List.of(older), Set.of(), "c", 3));

        directory.delete(HintFile.name(1));
        assertTrue(mustKeep(List.of(older), Set.of(), "c", 3));
    }

    @Test
    void hintOfAnotherLifeOfTheSegmentIsNotBelieved() throws IOException {
        Segment older = sealed(new LogFile(1, 1).put(1, "a", "1"));
        assertTrue(mustKeep(List.of(older), Set.of(), "a", 3));
        // Somebody put back the hint of a backup, in which the segment held something else.
        LogFile other = new LogFile(1, 1).put(1, "z", "1");
        new HintBuilder(directory, HASH).build(other.saveTo(directory).sealed());
        assertTrue(mustKeep(List.of(older), Set.of(), "a", 3));
    }

    @Test
    void segmentThatIsNotSealedKeepsEveryTombstone() throws IOException {
        io.stave.segment.SegmentAppender active = io.stave.segment.SegmentAppender.create(
                directory, new io.stave.segment.SegmentHeader(LogFile.STORE, 3, 1, 0), 4096, mapping -> {});
        assertTrue(mustKeep(List.of(active.segment()), Set.of(), "whatever", 2));
        assertFalse(mustKeep(List.of(active.segment()), Set.of(), "whatever", 1));
        active.close();
    }

    @Test
    void eachIsJudgedByItsOwnKeyAndSequence() throws IOException {
        Segment first = sealed(new LogFile(1, 1).put(1, "a", "1"));
        Segment second = sealed(new LogFile(2, 10).put(10, "b", "1"));
        TombstoneRule rule = new TombstoneRule(directory, List.of(first, second), Set.of());
        rule.consider(fingerprint("b"), 5); // "b" is held by a younger segment only
        rule.consider(fingerprint("a"), 20);
        rule.consider(fingerprint("c"), 4);
        rule.consider(fingerprint("b"), 19);
        rule.judge();
        assertFalse(rule.mustKeep(5));
        assertTrue(rule.mustKeep(20));
        assertFalse(rule.mustKeep(4));
        assertTrue(rule.mustKeep(19));
    }

    @Test
    void tombstoneThatWasNotShownStays() throws IOException {
        TombstoneRule rule = new TombstoneRule(directory, List.of(), Set.of());
        rule.consider(fingerprint("a"), 3);
        assertTrue(rule.mustKeep(3), "it is not judged yet");
        rule.judge();
        assertFalse(rule.mustKeep(3));
        assertTrue(rule.mustKeep(4));
        assertTrue(rule.complete());
    }

    /** However many tombstones there are, the heap holds so many. */
    @Test
    void tombstonesBeyondTheMostStayAndAreToldOf() throws IOException {
        Segment older = sealed(new LogFile(1, 1).put(1, "key 7", "1"));
        TombstoneRule rule = new TombstoneRule(directory, List.of(older), Set.of(), 3000);
        for (int i = 0; i < 3001; i++) {
            rule.consider(fingerprint("key " + i), 10 + i);
        }
        rule.judge();
        assertFalse(rule.complete());
        assertTrue(rule.mustKeep(10 + 3000));
        assertTrue(rule.mustKeep(10 + 7));
        long kept = java.util.stream.LongStream.range(10, 10 + 3000)
                .filter(rule::mustKeep)
                .count();
        assertTrue(kept < 100, kept + " kept, of which the filter explains some");
    }

    @Test
    void filterIsReadOnceAndOnlyIfItMatters() throws IOException {
        Segment older = sealed(new LogFile(1, 1).put(1, "a", "1"));
        Segment younger = sealed(new LogFile(2, 100).put(100, "a", "1"));
        TombstoneRule rule = new TombstoneRule(directory, List.of(older, younger), Set.of());
        for (int i = 0; i < 10; i++) {
            rule.consider(fingerprint("key " + i), 10 + i);
        }
        long before = directory.calls();
        rule.judge();
        long forOne = directory.calls() - before;
        TombstoneRule of = new TombstoneRule(directory, List.of(older), Set.of());
        of.consider(fingerprint("key 1"), 10);
        before = directory.calls();
        of.judge();
        assertEquals(directory.calls() - before, forOne);
    }
}
