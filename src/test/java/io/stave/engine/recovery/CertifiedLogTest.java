package io.stave.engine.recovery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.stave.CorruptionException;
import io.stave.engine.live.Tail;
import io.stave.engine.support.LogFile;
import io.stave.io.Mapping;
import io.stave.io.ReadableFile;
import io.stave.io.SimulatedDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.StoreSecret;
import io.stave.segment.ScanResult;
import io.stave.segment.SegmentHeader;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How far segments are certified that somebody may be appending to. */
class CertifiedLogTest {

    private static final int NOTHING = SegmentHeader.LENGTH;

    private final SimulatedDirectory directory = new SimulatedDirectory();
    private final CertifiedLog log = new CertifiedLog(directory);
    private final List<Tail> tails = new ArrayList<>();
    private Manifest manifest =
            new Manifest(LogFile.STORE, new StoreSecret(1, 2), 1, 1000, 1000, Manifest.NO_KEYDIR, List.of(), List.of());

    /** The segments as they are found now; those known before are found again. */
    private long[] ends(LogFile... files) throws IOException {
        return ends(false, files);
    }

    private long[] ends(boolean thorough, LogFile... files) throws IOException {
        for (LogFile file : files) {
            file.saveTo(directory);
            if (tails.stream().noneMatch(tail -> tail.id() == file.id())) {
                try (ReadableFile open = directory.open(file.name())) {
                    tails.add(new Tail(SegmentHeader.read(open, LogFile.STORE, file.id())));
                }
            }
        }
        manifest = manifest.withSegments(Arrays.stream(files)
                .map(file -> manifest.segment(file.id()).orElse(file.active()))
                .toList());
        return log.ends(tails, manifest, thorough);
    }

    private List<Long> replay(int i, long end) throws IOException {
        List<Long> sequences = new ArrayList<>();
        Tail tail = tails.get(i);
        try (ReadableFile file = directory.open(io.stave.segment.SegmentNames.segment(tail.id()))) {
            Mapping mapping = file.map(end);
            ScanResult result = log.replay(tail, mapping, end, record -> sequences.add(record.sequence()));
            tail.show(end, Math.max(tail.lastShown(), result.maxSequence()));
            mapping.release();
        }
        return sequences;
    }

    @Test
    void whatNoCertificateFollowsIsNotCertified() throws IOException {
        assertArrayEquals(
                new long[] {NOTHING}, ends(new LogFile(1, 1).put(1, "a", "1").put(2, "b", "2")));
    }

    @Test
    void lastCertificateCounts() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1").certificate().put(2, "b", "2");
        int certified = file.end();
        file.certificate().put(3, "c", "3");
        assertArrayEquals(new long[] {certified}, ends(file.raw(500, 0)));
        assertEquals(List.of(1L, 2L), replay(0, certified));
    }

    @Test
    void lookingAgainGoesOnWhereItStopped() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1");
        assertArrayEquals(new long[] {NOTHING}, ends(file));
        int first = file.end();
        file.certificate().put(2, "b", "2");
        assertArrayEquals(new long[] {first}, ends(file));
        assertEquals(List.of(1L), replay(0, first));
        assertArrayEquals(new long[] {first}, ends(file));
        int second = file.end();
        file.certificate().tombstone(3, "a");
        assertArrayEquals(new long[] {second}, ends(file));
        assertEquals(List.of(2L), replay(0, second));
    }

    @Test
    void certificateInASuccessorCertifiesAllBefore() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1").certificate().put(2, "b", "2");
        LogFile second = LogFile.after(first, 2, 3).put(3, "c", "3");
        LogFile third = LogFile.after(second, 3, 4).certificate(64).put(4, "d", "4");
        assertArrayEquals(new long[] {first.end(), second.end(), NOTHING}, ends(first, second, third));
    }

    @Test
    void segmentThatTheLogHadNotComeToIsLookedAtAgain() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        int certified = first.end();
        first.certificate();
        LogFile ahead = new LogFile(2, 1, 1, 0).raw(500, 0);
        assertArrayEquals(new long[] {certified, NOTHING}, ends(first, ahead));
        first.put(2, "b", "2");
        LogFile second = new LogFile(2, 1, 1, first.end()).certificate(64).put(3, "c", "3");
        assertArrayEquals(new long[] {first.end(), NOTHING}, ends(first, second));
    }

    @Test
    void logGoesAroundASegmentThatHoldsNothing() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        LogFile empty = LogFile.after(first, 2, 2);
        LogFile third = new LogFile(3, 2, 1, first.end()).certificate(64).put(2, "b", "2");
        assertArrayEquals(new long[] {first.end(), NOTHING, NOTHING}, ends(first, empty, third));
    }

    /** It says that the segments before are forced, and that is true; the link in front of it was not. */
    @Test
    void certificateForTheHeaderAloneMayOutliveTheLink() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1").put(2, "b", "2");
        LogFile second =
                new LogFile(2, 3, 1, 0).raw(20, 0).raw(500, 0).certificate(64).put(3, "c", "3");
        assertArrayEquals(new long[] {first.end(), NOTHING}, ends(true, first, second));
        LogFile third = LogFile.after(second, 3, 4).certificate(64);
        assertThrows(CorruptionException.class, () -> ends(true, first, second, third));
    }

    /** What a later segment certifies would be shown with a hole before it. */
    @Test
    void segmentWithRecordsThatNoneFollowsIsCorruption() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        LogFile second = new LogFile(2, 2, 1, 0).put(2, "b", "2").certificate();
        CorruptionException e = assertThrows(CorruptionException.class, () -> ends(first, second));
        assertEquals(second.name(), e.file());
    }

    /** A certificate that was found stays found, though nobody looks at it again. */
    @Test
    void whatWasCertifiedOnceStaysSo() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        LogFile second = LogFile.after(first, 2, 2).certificate(64).put(2, "b", "2");
        assertArrayEquals(new long[] {first.end(), NOTHING}, ends(first, second));
        assertArrayEquals(new long[] {first.end(), NOTHING}, ends(first, second));
    }

    @Test
    void successorWithoutCertificateSaysNothing() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        int certified = first.end();
        first.certificate().put(2, "b", "2");
        LogFile second = LogFile.after(first, 2, 3).put(3, "c", "3");
        assertArrayEquals(new long[] {certified, NOTHING}, ends(first, second));
    }

    @Test
    void manifestCanVouchLikeACertificate() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1").put(2, "b", "2");
        int forced = file.end();
        manifest = manifest.with(file.active().withForced(forced));
        assertArrayEquals(new long[] {forced}, ends(file.put(3, "c", "3")));
        assertEquals(List.of(1L, 2L), replay(0, forced));
    }

    @Test
    void recordThatIsBeingWrittenIsNoDamage() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1");
        int certified = file.end();
        file.certificate();
        int torn = file.end();
        file.put(2, "b", "a value that is long enough").damage(torn + 30);
        assertArrayEquals(new long[] {certified}, ends(file.raw(200, 0)));
        assertArrayEquals(new long[] {certified}, ends(true, file));
        file.damage(torn + 30); // now it is there whole
        assertArrayEquals(new long[] {certified}, ends(file));
        LogFile whole = new LogFile(1, 1).put(1, "a", "1").certificate().put(2, "b", "a value that is long enough");
        int both = whole.end();
        assertArrayEquals(new long[] {both}, ends(whole.certificate()));
        assertEquals(List.of(1L, 2L), replay(0, both));
    }

    /** An append that failed is undone, and others take its place: at other offsets. */
    @Test
    void walkBeginsAnewWhereAnAppendWasUndone() throws IOException {
        LogFile before = new LogFile(1, 1)
                .put(1, "a", "1")
                .certificate()
                .put(2, "b", "22")
                .put(3, "c", "33");
        int certified = new LogFile(1, 1).put(1, "a", "1").end();
        assertArrayEquals(new long[] {certified}, ends(before.raw(300, 0)));
        replay(0, certified);
        LogFile after = new LogFile(1, 1).put(1, "a", "1").certificate().put(4, "d", "another length, and more");
        int end = after.end();
        assertArrayEquals(
                new long[] {end}, ends(after.certificate().put(5, "e", "").raw(300, 0)));
        assertEquals(List.of(4L), replay(0, end));
    }

    @Test
    void damageBelowACertificateIsFoundWhenItIsRead() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1").put(2, "b", "2");
        int at = new LogFile(1, 1).put(1, "a", "1").end();
        int certified = file.end();
        file.certificate().put(3, "c", "3").damage(at + 21);
        long[] ends = ends(file);
        assertArrayEquals(new long[] {certified}, ends, "the certificate was found behind the damage");
        CorruptionException e = assertThrows(CorruptionException.class, () -> replay(0, ends[0]));
        assertEquals(file.name(), e.file());
        assertEquals(at, e.offset());
    }

    @Test
    void zerosBelowACertificateAreFoundByAThoroughLook() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1");
        file.raw(40, 0);
        int certified = file.end();
        file.certificate().put(3, "c", "3");
        assertArrayEquals(new long[] {NOTHING}, ends(file), "the first zeros are taken for the end");
        assertArrayEquals(new long[] {certified}, ends(true, file));
        assertThrows(CorruptionException.class, () -> replay(0, certified));
    }

    @Test
    void segmentsThatDoNotFollowOneAnotherAreCorrupt() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        LogFile second = new LogFile(2, 2, 7, 500).certificate(64).put(2, "b", "2");
        assertThrows(CorruptionException.class, () -> ends(first, second));
    }

    @Test
    void batchIsCertifiedAsAWhole() throws IOException {
        LogFile file = new LogFile(1, 1).putOfBatch(1, "a", "1").put(2, "b", "2");
        int certified = file.end();
        file.certificate().putOfBatch(3, "c", "3");
        assertArrayEquals(new long[] {certified}, ends(file.raw(100, 0)));
        assertEquals(List.of(1L, 2L), replay(0, certified));
    }

    @Test
    void segmentThatIsGoneIsToldToTheCaller() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1");
        ends(file);
        directory.delete(file.name());
        assertThrows(NoSuchFileException.class, () -> log.ends(tails, manifest, false));
    }

    /** The records of a segment that was sealed meanwhile are read on from where they were shown. */
    @Test
    void sealedSegmentIsReadToItsLength() throws IOException {
        LogFile file = new LogFile(1, 1).put(1, "a", "1");
        int certified = file.end();
        ends(file.certificate().put(2, "b", "2"));
        assertEquals(List.of(1L), replay(0, certified));
        ListedSegment sealed = file.sealed();
        assertEquals(List.of(2L), replay(0, sealed.length()));
    }
}
