package io.stave.engine.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Options;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.support.Silence;
import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.ManifestFile;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How a segment that was rolled away from gets its seal. */
class SealerTest {

    private static final Options OPTIONS = Options.defaults().segmentLength(4096);

    private final SimulatedDirectory directory = new SimulatedDirectory();
    private final Stave store = Engine.open(directory, OPTIONS, true);

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    /** Fills the active segment, so that the next put rolls away from it. */
    private void fill(int key) {
        store.put(new byte[] {(byte) key}, new byte[3900]);
    }

    private List<SegmentStats.State> states() {
        return store.stats().segments().stream().map(SegmentStats::state).toList();
    }

    @Test
    void rolledSegmentIsForcedAndListedWithItsLengthAndDigestAndHasAHint() throws IOException {
        fill(1);
        fill(2);
        ListedSegment sealed = ManifestFile.read(directory).segments().get(0);
        assertTrue(sealed.isSealed());
        SimulatedDirectory after = directory.crash(CrashState.syncedOnly());
        assertTrue(after.list().contains("0000000000000001.hint"));
        try (Stave recovered = Engine.open(after, OPTIONS, true)) {
            assertEquals(1, recovered.recoveryReport().segmentsFromHints());
            assertEquals(3900, recovered.get(new byte[] {2}).length);
        }
    }

    @Test
    void segmentThatCouldNotBeSealedIsSealedWithTheNextOne() {
        fill(1);
        // The first MANIFEST from here on is that of the seal, the second lists the next segment.
        failNextManifest();
        fill(2);
        assertEquals(List.of(SegmentStats.State.ACTIVE, SegmentStats.State.ACTIVE), states());
        fill(3);
        assertEquals(
                List.of(SegmentStats.State.SEALED, SegmentStats.State.SEALED, SegmentStats.State.ACTIVE), states());
    }

    /** A sealed segment vouches for all before it: none may be sealed before an older one. */
    @Test
    void noSegmentIsSealedBeforeAnOlderOne() {
        fill(1);
        failNextManifest();
        fill(2);
        failNextManifest();
        fill(3);
        assertEquals(
                List.of(SegmentStats.State.ACTIVE, SegmentStats.State.ACTIVE, SegmentStats.State.ACTIVE), states());
        store.close();
        try (Stave reopened = Engine.open(directory.afterCrash(CrashState.syncedOnly()), OPTIONS, true)) {
            assertTrue(reopened.recoveryReport().clean());
            assertEquals(3, reopened.stats().keys());
        }
    }

    @Test
    void segmentWithoutAHintIsSealedAllTheSame() throws IOException {
        fill(1);
        long renames = 1;
        directory.failAt(renames, Fault.EIO.on(Fault.Call.RENAME));
        fill(2);
        assertEquals(List.of(SegmentStats.State.SEALED, SegmentStats.State.ACTIVE), states());
        assertFalse(directory.list().contains("0000000000000001.hint"));
        assertFalse(directory.list().contains("0000000000000001.hint.tmp"));
    }

    /** The hint is renamed first, then MANIFEST. */
    private void failNextManifest() {
        directory.failAt(2, Fault.ENOSPC.on(Fault.Call.RENAME));
    }
}
