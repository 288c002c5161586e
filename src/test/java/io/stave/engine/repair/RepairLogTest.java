package io.stave.engine.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.engine.support.LogFile;
import io.stave.io.RealDirectory;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.manifest.StoreSecret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a repair keeps of a log that was never sealed: what is certified and verifies, and behind the last certificate what an open would have kept
 * (I4).
 */
class RepairLogTest {

    private static final Options MANUAL =
            Options.defaults().createIfMissing(false).mergePolicy(MergePolicy.manual());

    @TempDir
    Path temporary;

    private Path store(LogFile... files) throws IOException {
        Path store = Files.createTempDirectory(temporary, "store");
        for (LogFile file : files) {
            file.saveTo(store);
        }
        list(store, Arrays.stream(files).map(LogFile::active).toList());
        return store;
    }

    private static void list(Path store, List<ListedSegment> segments) throws IOException {
        try (StoreDirectory directory = RealDirectory.open(store)) {
            Manifest manifest = Manifest.first(LogFile.STORE, new StoreSecret(1, 2))
                    .withSequenceCeiling(1000)
                    .withSegmentIdCeiling(10)
                    .withSegments(segments);
            ManifestFile.install(directory, manifest);
        }
    }

    /** The keys that a store shows when it is opened. */
    private static String keys(Path store) {
        TreeSet<String> keys = new TreeSet<>();
        try (Stave open = Stave.open(store, MANUAL);
                var snapshot = open.snapshot();
                var cursor = snapshot.keys()) {
            cursor.forEachRemaining(key -> keys.add(new String(key, StandardCharsets.UTF_8)));
        }
        return String.join(" ", keys);
    }

    /** Repairs a store that does not open, and returns the keys that are left. */
    private static String repaired(Path store) throws IOException {
        assertThrows(CorruptionException.class, () -> Stave.open(store, MANUAL).close());
        RepairPlan dry = Repair.plan(store);
        RepairPlan done = Repair.run(store, plan -> {});
        assertEquals(dry.damages(), done.damages(), "a dry run says what is done");
        String keys = keys(store);
        long kept = done.damages().stream().mapToLong(Damage::kept).sum();
        assertEquals(kept, keys.isEmpty() ? 0 : keys.split(" ").length, "what was said to be kept");
        return keys;
    }

    @Test
    void goodRecordsOfTheLastCertifiedBatchAreKept() throws IOException {
        LogFile log = new LogFile(1, 1).put(1, "a", "1").certificate();
        log.putOfBatch(2, "b", "2").putOfBatch(3, "c", "3").put(4, "d", "4");
        log.damage(log.end() - 1).certificate();
        assertEquals("a b c", repaired(store(log)));
    }

    @Test
    void whatLiesBehindATearDoesNotComeBack() throws IOException {
        for (boolean corrupt : List.of(false, true)) {
            LogFile log = new LogFile(1, 1).put(1, "a", "1");
            int certified = log.end() - 1;
            log.put(2, "b", "2").certificate().put(3, "c", "3").put(4, "d", "4");
            log.damage(log.end() - 1).put(5, "e", "5").raw(100, 0);
            if (corrupt) {
                assertEquals("b c", repaired(store(log.damage(certified))));
            } else {
                assertEquals("a b c", keys(store(log)));
            }
        }
    }

    @Test
    void segmentsBehindATearDoNotComeBack() throws IOException {
        for (boolean corrupt : List.of(false, true)) {
            LogFile first = new LogFile(1, 1).put(1, "a", "1");
            int certified = first.end() - 1;
            first.put(2, "b", "2").certificate().put(3, "c", "3");
            int tear = first.end();
            first.put(4, "d", "4").damage(first.end() - 1);
            LogFile second = LogFile.after(first, 2, 5).put(5, "e", "5");
            LogFile third = LogFile.after(second, 3, 6).put(6, "f", "6");
            if (corrupt) {
                first.damage(certified);
                Path store = store(first, second, third);
                List<Damage> damages = Repair.plan(store).damages();
                assertEquals(new Damage.Range(tear, first.end()), damages.get(0).cut());
                assertEquals(new Damage.Range(64, third.end()), damages.get(2).cut());
                assertEquals("b c", repaired(store));
                assertTrue(Files.exists(store.resolve(Repair.QUARANTINE).resolve(third.name())));
            } else {
                assertEquals("a b c", keys(store(first, second, third)));
            }
        }
    }

    /** Zeros where the successor says there were records: a hole that looks like a legal end. */
    @Test
    void whatLiesBehindAHoleDoesNotComeBack() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1");
        first.damage(first.end() - 1).certificate().put(2, "b", "2");
        LogFile second = new LogFile(2, 4, 1, first.end() + 22).put(4, "d", "4");
        assertEquals("b", repaired(store(first.raw(22, 0), second)));
    }

    @Test
    void anUnfinishedBatchBehindTheLastCertificateDoesNotComeBack() throws IOException {
        LogFile log = new LogFile(1, 1).put(1, "a", "1");
        log.damage(log.end() - 1).certificate().put(2, "b", "2").putOfBatch(3, "c", "3");
        assertEquals("b", repaired(store(log.raw(50, 0))));
    }

    @Test
    void aCertificateInALaterSegmentVouchesForAllBefore() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1").put(2, "b", "2");
        first.damage(first.end() - 1).put(3, "c", "3");
        LogFile second = LogFile.after(first, 2, 4).put(4, "d", "4");
        second.damage(second.end() - 1).put(5, "e", "5");
        LogFile third = LogFile.after(second, 3, 6).certificate(64).put(6, "f", "6");
        assertEquals("a c e f", repaired(store(first, second, third)));
    }

    /** As good as a certificate: the MANIFEST says how far a segment was forced. */
    @Test
    void whatTheManifestVouchesForIsKept() throws IOException {
        LogFile log = new LogFile(1, 1).put(1, "a", "1").put(2, "b", "2");
        log.damage(log.end() - 1).put(3, "c", "3");
        int forced = log.end();
        log.put(4, "d", "4");
        log.damage(log.end() - 1).put(5, "e", "5");
        Path store = store(log);
        list(store, List.of(log.active().withForced(forced)));
        assertEquals("a c", repaired(store));
    }

    /** A header says where the segment before ended; without it only the sequences do. */
    @Test
    void aSegmentWhoseHeaderIsDamagedGoesOnWhereTheOneBeforeEnds() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1").certificate().put(2, "b", "2");
        LogFile second = LogFile.after(first, 2, 3).put(3, "c", "3").put(4, "d", "4");
        second.damage(second.end() - 1).damage(20);
        assertEquals("a b c", repaired(store(first.raw(100, 0), second)));
    }

    /** The link to such a segment is damaged, and the writer puts zeros behind it: they are no part of the last record, unless they are. */
    @Test
    void aLastRecordThatEndsInZerosIsKeptWhereNobodySaysWhereItEnds() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "lost", "0");
        int lost = first.end();
        first.damage(lost - 1).put(2, "a", "1").put(3, "b", "\0".repeat(50));
        LogFile second = LogFile.after(first, 2, 4);
        int link = second.end();
        second.certificate().put(4, "c", "3");
        Path store = store(first.raw(100, 0), second.damage(20).damage(link - 1));
        assertEquals(
                List.of(new Damage.Range(64, lost)),
                Repair.plan(store).damages().get(0).lost());
        assertEquals("a b c", repaired(store));
    }

    @Test
    void aSegmentWhoseHeaderIsDamagedIsNotKeptBehindAHole() throws IOException {
        LogFile first = new LogFile(1, 1).put(1, "a", "1").certificate().put(2, "b", "2");
        LogFile second = new LogFile(2, 4, 1, first.end() + 22).put(4, "d", "4");
        assertEquals("a b", repaired(store(first.raw(100, 0), second.damage(20))));
    }

    @Test
    void aSegmentThatIsGoneEndsTheLogUnlessALaterOneIsCertified() throws IOException {
        for (boolean certified : List.of(false, true)) {
            LogFile first = new LogFile(1, 1).put(1, "a", "1").certificate().put(2, "b", "2");
            LogFile second = LogFile.after(first, 2, 3).put(3, "c", "3");
            LogFile third = LogFile.after(second, 3, 4).put(4, "d", "4");
            if (certified) {
                third.certificate();
            }
            Path store = store(first, second, third);
            Files.delete(store.resolve(second.name()));
            assertEquals(certified ? "a b d" : "a b", repaired(store));
        }
    }
}
