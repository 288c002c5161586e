package io.stave.engine.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.RecoveryProgress;
import io.stave.RecoveryReport.Cut;
import io.stave.engine.base.KeydirMemory;
import io.stave.engine.base.ProgressMeter;
import io.stave.engine.support.LogFile;
import io.stave.io.SimulatedDirectory;
import io.stave.keydir.CompactKeydir;
import io.stave.keydir.KeyHash;
import io.stave.keydir.KeydirLoader;
import io.stave.manifest.ListedSegment;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentLink;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Where the log ends that a crash left behind, and what a tear is told from corruption by (I4). */
class UnsealedLogTest {

    private final SimulatedDirectory directory = new SimulatedDirectory();
    private final KeydirLoader loader = new KeydirLoader(new KeydirMemory(directory, mapping -> {}));
    private final KeydirLoad<CompactKeydir> load = new KeydirLoad<>(directory, new KeyHash(1, 2), loader);
    private final UnsealedLog log =
            new UnsealedLog(directory, LogFile.STORE, load, new ProgressMeter(RecoveryProgress.NONE));

    private void walk(LogFile... files) throws IOException {
        for (LogFile file : files) {
            file.saveTo(directory);
        }
        log.walk(Arrays.stream(files).map(LogFile::active).toList());
    }

    private long keys() {
        CompactKeydir keydir = load.finish();
        return keydir.count();
    }

    private static List<Long> ids(List<ListedSegment> segments) {
        return segments.stream().map(ListedSegment::id).toList();
    }

    @Test
    void wholeLogIsKeptAsItIs() throws IOException {
        LogFile first = new LogFile(1, 5).put(5, "a", "1").certificate().tombstone(6, "a");
        LogFile second = LogFile.after(first, 2, 7).certificate(64).put(8, "b", "2");
        walk(first, second);
        assertEquals(List.of(first.sealed(), second.sealed()), log.kept());
        assertEquals(List.of(), log.cuts());
        assertEquals(List.of(), log.dropped());
        assertEquals(first.end() + second.end(), log.bytesScanned());
        assertEquals(1, keys());
    }

    @Test
    void zerosAreALegalTail() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1");
        ListedSegment sealed = file.sealed();
        walk(file.raw(5000, 0));
        assertEquals(List.of(sealed), log.kept());
        assertEquals(List.of(), log.cuts());
    }

    @Test
    void recordThatWasNotWrittenWholeIsCut() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1");
        ListedSegment sealed = file.sealed();
        int end = file.end();
        file.put(2, "b", "a longer value");
        file.damage(file.end() - 1).raw(100, 0);
        walk(file);
        assertEquals(List.of(sealed), log.kept());
        Cut cut = log.cuts().get(0);
        assertEquals(file.name(), cut.fileName());
        assertEquals(end, cut.offset());
        assertEquals(file.end() - 100 - end, cut.bytesDropped());
        assertEquals(1, keys());
    }

    @Test
    void everythingBehindATearGoesWithIt() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        ListedSegment kept = first.sealed();
        first.put(2, "b", "2").damage(first.end() - 1);
        LogFile second = LogFile.after(first, 2, 3).put(3, "c", "3");
        LogFile third = LogFile.after(second, 3, 4).put(4, "d", "4");
        walk(first, second, third);
        assertEquals(List.of(kept), log.kept());
        assertEquals(List.of(2L, 3L), ids(log.dropped()));
        assertEquals(List.of(second.name(), third.name()), log.behindCut());
        assertEquals(1, keys());
    }

    @Test
    void segmentThatTheLogHadNotComeToIsDroppedWithoutAWord() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        LogFile ahead = new LogFile(2, 1, 1, 0).raw(4000, 0);
        walk(first, ahead);
        assertEquals(List.of(first.sealed()), log.kept());
        assertEquals(List.of(2L), ids(log.dropped()));
        assertEquals(List.of(), log.cuts());
        assertEquals(List.of(), log.behindCut());
        assertEquals(1, log.scanned());
    }

    @Test
    void itIsNotAmongThoseThatWereLostBehindATear() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1").put(2, "b", "2");
        LogFile ahead = new LogFile(2, 1, 1, 0).raw(4000, 0);
        walk(first.damage(first.end() - 1), ahead);
        assertEquals(1, log.cuts().size());
        assertEquals(List.of(2L), ids(log.dropped()));
        assertEquals(List.of(), log.behindCut());
    }

    /** Bytes reach the disk in any order: what lies behind a link that did not has no place in the log. */
    @Test
    void logEndsBeforeASegmentWhoseLinkIsLost() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        LogFile second = new LogFile(2, 2, 1, 0).raw(SegmentLink.LENGTH, 0).put(2, "b", "2");
        LogFile third = LogFile.after(second, 3, 3).put(3, "c", "3");
        walk(first, second, third);
        assertEquals(List.of(first.sealed()), log.kept());
        Cut cut = log.cuts().get(0);
        assertEquals(second.name(), cut.fileName());
        assertEquals(SegmentHeader.LENGTH, cut.offset());
        assertEquals(List.of(third.name()), log.behindCut());
        assertEquals(1, keys());
    }

    @Test
    void linkThatIsLostBelowACertificateIsCorruption() {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        LogFile second = new LogFile(2, 2, 1, 0)
                .raw(SegmentLink.LENGTH, 0)
                .put(2, "b", "2")
                .certificate();
        CorruptionException e = assertThrows(CorruptionException.class, () -> walk(first, second));
        assertEquals(second.name(), e.file());
        assertEquals(SegmentHeader.LENGTH, e.offset());
    }

    /** Its first append had failed, and it was to be dropped: nobody has forced its link. */
    @Test
    void logGoesAroundASegmentThatHoldsNothing() throws IOException {
        for (boolean linked : new boolean[] {true, false}) {
            LogFile first = new LogFile(1, 1).put(1, "a", "1");
            LogFile empty = linked ? LogFile.after(first, 2, 2) : new LogFile(2, 2, 1, 0);
            LogFile third = new LogFile(3, 2, 1, first.end()).put(2, "b", "2");
            UnsealedLog walked =
                    new UnsealedLog(directory, LogFile.STORE, load, new ProgressMeter(RecoveryProgress.NONE));
            walked.walk(Stream.of(first, empty, third)
                    .map(file -> file.saveTo(directory).active())
                    .toList());
            assertEquals(List.of(first.sealed(), third.sealed()), walked.kept());
            assertEquals(List.of(2L), ids(walked.dropped()));
            assertEquals(List.of(), walked.cuts());
        }
    }

    /** The end of the first segment was never written, and zeros look like a legal end: only the successor knows better. */
    @Test
    void segmentThatIsShorterThanItsSuccessorSaysIsTorn() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        ListedSegment kept = first.sealed();
        LogFile second = new LogFile(2, 3, 1, first.end() + 22).put(3, "c", "3");
        walk(first.raw(22, 0), second);
        assertEquals(List.of(kept), log.kept());
        assertEquals(List.of(2L), ids(log.dropped()));
        assertEquals(1, log.cuts().size());
        assertEquals(1, keys());
    }

    @Test
    void nothingBehindWhatTheSuccessorSaysBelongsToTheLog() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        ListedSegment kept = first.sealed();
        LogFile second = LogFile.after(first, 2, 3).put(3, "c", "3");
        first.put(2, "never acknowledged", "2");
        walk(first, second);
        assertEquals(List.of(kept, second.sealed()), log.kept());
        assertEquals(List.of(), log.cuts());
        assertEquals(2, keys());
    }

    @Test
    void tearBelowACertificateIsCorruption() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1");
        int damaged = file.end() - 1;
        file.certificate().put(2, "b", "2").damage(damaged);
        CorruptionException e = assertThrows(CorruptionException.class, () -> walk(file));
        assertEquals(file.name(), e.file());
        assertEquals(64, e.offset());
    }

    @Test
    void certificateBehindATornRecordCountsOnlyForWhatLiesBelowWhatItCertifies() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1");
        int forced = file.end();
        file.certificate().put(2, "torn", "2");
        file.damage(file.end() - 1);
        // The next append came before the force: it repeats what is certified already.
        file.certificate(forced).put(3, "c", "3");
        walk(file);
        assertEquals(1, log.cuts().size());
        assertEquals(forced + 20, log.cuts().get(0).offset());
        assertEquals(1, keys());
    }

    /** The record was appended while the force was running, and the certificate for that force behind it. */
    @Test
    void certificateForExactlyWhatLiesBeforeATearDoesNotVouchForIt() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1");
        int forced = file.end();
        file.put(2, "torn", "2");
        file.damage(file.end() - 1);
        file.certificate(forced).put(3, "c", "3");
        walk(file);
        assertEquals(forced, log.cuts().get(0).offset());
        assertEquals(1, keys());
    }

    /** The MANIFEST of a merge says how far the log was forced, for no certificate may say so yet. */
    @Test
    void tearBelowWhatTheManifestVouchesForIsCorruption() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        int forced = first.end();
        first.put(2, "b", "2").damage(forced + 1).saveTo(directory);
        log.walk(List.of(first.active().withForced(forced)));
        assertEquals(1, log.cuts().size(), "behind it there may be a tear");
        int end = first.end();
        CorruptionException e = assertThrows(
                CorruptionException.class, () -> log.walk(List.of(first.active().withForced(end))));
        assertEquals(first.name(), e.file());
        assertEquals(forced, e.offset());
    }

    @Test
    void lostTailBelowWhatTheManifestVouchesForIsCorruption() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        first.saveTo(directory);
        long forced = first.end() + 30L;
        assertThrows(
                CorruptionException.class, () -> log.walk(List.of(first.active().withForced(forced))));
    }

    @Test
    void tearIsCorruptionIfTheManifestVouchesForALaterSegment() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        first.damage(first.end() - 1).saveTo(directory);
        LogFile second = LogFile.after(first, 2, 2).put(2, "b", "2");
        second.saveTo(directory);
        assertThrows(
                CorruptionException.class,
                () -> log.walk(List.of(first.active(), second.active().withForced(second.end()))));
    }

    @Test
    void certificateInALaterSegmentMakesATearCorruption() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        first.damage(first.end() - 1);
        LogFile second = LogFile.after(first, 2, 2).put(2, "b", "2");
        LogFile third = LogFile.after(second, 3, 3).certificate(64).put(3, "c", "3");
        CorruptionException e = assertThrows(CorruptionException.class, () -> walk(first, second, third));
        assertEquals(first.name(), e.file());
    }

    @Test
    void certificateInALaterSegmentMakesALostTailCorruption() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        LogFile second = new LogFile(2, 3, 1, first.end() + 30).certificate(64).put(3, "b", "2");
        assertThrows(CorruptionException.class, () -> walk(first, second));
    }

    @Test
    void recordWithASmallerSequenceIsAnOldOneAndEndsTheLog() throws IOException {
        LogFile file = new LogFile(1, 1).put(5, "a", "1");
        ListedSegment kept = file.sealed();
        walk(file.put(4, "b", "2"));
        assertEquals(List.of(kept), log.kept());
        assertEquals(1, log.cuts().size());
        assertEquals(1, keys());
    }

    @Test
    void recordBelowTheBaseSequenceIsAnOldOne() throws IOException {
        walk(new LogFile(1, 10).put(9, "a", "1"));
        assertEquals(List.of(), log.kept());
        assertEquals(List.of(1L), ids(log.dropped()));
    }

    @Test
    void batchWithoutItsEndIsCutAsAWhole() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1");
        ListedSegment kept = file.sealed();
        walk(file.putOfBatch(2, "b", "2").putOfBatch(3, "c", "3"));
        assertEquals(List.of(kept), log.kept());
        assertEquals(kept.length(), log.cuts().get(0).offset());
        assertEquals(1, keys());
    }

    @Test
    void batchWithItsEndIsKept() throws IOException {
        LogFile file = new LogFile(1, 1).putOfBatch(2, "b", "2").put(3, "c", "3");
        walk(file);
        assertEquals(List.of(file.sealed()), log.kept());
        assertEquals(2, keys());
    }

    @Test
    void segmentWithoutRecordsIsDroppedAndIsNoCut() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        LogFile second = LogFile.after(first, 2, 2).raw(4096, 0);
        walk(first, second);
        assertEquals(List.of(first.sealed()), log.kept());
        assertEquals(List.of(2L), ids(log.dropped()));
        assertEquals(List.of(), log.behindCut());
        assertEquals(List.of(), log.cuts());
    }

    @Test
    void listedSegmentThatIsMissingIsCorruption() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1").saveTo(directory);
        LogFile second = LogFile.after(first, 2, 2);
        CorruptionException e =
                assertThrows(CorruptionException.class, () -> log.walk(List.of(first.active(), second.active())));
        assertEquals(second.name(), e.file());
        assertTrue(String.valueOf(e.getMessage()).contains("no file"), e::getMessage);
    }

    @Test
    void damagedHeaderIsCorruptionForItWasForcedBeforeItWasListed() {
        assertThrows(
                CorruptionException.class,
                () -> walk(new LogFile(1, 1).put(1, "a", "1").damage(40)));
    }
}
