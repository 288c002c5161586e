package io.stave.engine.damage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.RecoveryReport;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreIOException;
import io.stave.engine.Engine;
import io.stave.engine.damage.Judge.Verdict;
import io.stave.engine.support.Silence;
import io.stave.io.SimulatedDirectory;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sound files in the wrong place: of another id, of another store, of a newer release; and files that nobody asked for (I4). */
class MisplacedFilesTest {

    private static final String FIRST = SegmentNames.segment(1);
    private static final String SECOND = SegmentNames.segment(2);

    private final Image image = Images.SMALL_CLOSED.get();
    private final Image other = Images.FOREIGN.get();

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    private static String hint(String segment) {
        return segment.replace(".seg", ".hint");
    }

    private Damaged store() {
        return new Damaged(image);
    }

    /** What the open for writing is refused with, or null; both opens are judged. */
    private static @Nullable StaveException refusal(Damaged store) {
        Verdict read = new Judge(store).read();
        Verdict written = new Judge(store).write(true);
        try (Stave open = Engine.open(new Judge(store).guarded(store.disk()), Story.OPTIONS, true)) {
            assertEquals(Verdict.AS_BEFORE, read);
            assertEquals(Verdict.AS_BEFORE, written);
            return null;
        } catch (StaveException e) {
            assertEquals(Verdict.REFUSED, written);
            return e;
        }
    }

    private static void assertCorrupt(String file, String expected, String actual, Damaged store) {
        CorruptionException e = assertInstanceOf(CorruptionException.class, refusal(store));
        assertEquals(file, e.file());
        assertEquals(expected, e.expected());
        assertEquals(actual, e.actual());
    }

    @Test
    void swappedSegmentsAreRefused() {
        assertCorrupt(FIRST, "file id 1", "2, a file that was renamed", store().swap(FIRST, SECOND));
    }

    @Test
    void swappedHintsAreNotUsed() {
        Damaged store = store().swap(hint(FIRST), hint(SECOND));
        assertEquals(null, refusal(store));
        try (Stave open = Engine.open(store.disk(), Story.OPTIONS, true)) {
            RecoveryReport report = open.recoveryReport();
            assertEquals(2, report.hintsRejected().size(), report::toString);
            assertEquals(2, report.segmentsScanned(), report::toString);
        }
    }

    @Test
    void hintOfAnotherStoreIsNotUsed() {
        assertEquals(null, refusal(store().put("foreign hint", hint(FIRST), other.file(hint(FIRST)))));
    }

    /** As from a copy of the store that was taken while it was open, and was recovered. */
    @Test
    void hintOfTheSameSegmentWhenItWasShorterIsNotUsed() throws IOException {
        Image longer = new Story()
                .open()
                .put(0, 9)
                .put(1, 9)
                .remember()
                .put(0, 10)
                .put(2, 9)
                .delete(1)
                .close()
                .end("went on");
        SimulatedDirectory copy = new SimulatedDirectory();
        longer.earlier().get(0).forEach(copy::damage);
        Engine.open(copy, Story.OPTIONS, true).close();
        assertEquals(null, refusal(new Damaged(longer).put("older hint", hint(FIRST), copy.content(hint(FIRST)))));
    }

    @Test
    void segmentInThePlaceOfAHintIsNotUsed() {
        assertEquals(null, refusal(store().put("segment for a hint", hint(FIRST), image.file(FIRST))));
        assertCorrupt(
                FIRST, "magic STAVESEG", "STAVEHNT", store().put("hint for a segment", FIRST, image.file(hint(FIRST))));
    }

    @Test
    void segmentOfAnotherStoreIsRefused() {
        assertCorrupt(
                FIRST,
                "store id " + image.storeId(),
                other.storeId() + ", a file of another store",
                store().put("foreign segment", FIRST, other.file(FIRST)));
    }

    @Test
    void missingAndEmptySegmentsAreRefused() {
        int length = image.file(FIRST).length;
        assertCorrupt(FIRST, "a sealed segment of " + length + " bytes", "no file", store().delete(FIRST));
        assertCorrupt(FIRST, "a header of 64 bytes", "0 bytes", store().length(FIRST, 0));
        assertCorrupt(FIRST, length + " bytes", "64 bytes", store().length(FIRST, 64));
    }

    @Test
    void missingManifestIsRefusedWhileThereIsData() {
        assertCorrupt(
                "MANIFEST",
                "a manifest, for the directory holds " + hint(FIRST),
                "no file",
                store().delete("MANIFEST"));
        assertCorrupt("MANIFEST", "a header of 64 bytes", "0 bytes", store().length("MANIFEST", 0));
    }

    @Test
    void newerFormatIsRefusedByNameAndOfAHintNotUsed() {
        for (String file : new String[] {FIRST, "MANIFEST"}) {
            FormatVersionException e = assertInstanceOf(
                    FormatVersionException.class,
                    refusal(store().put("newer", file, DamageKind.newer(image.file(file)))));
            assertEquals(file, e.file());
            assertEquals(2, e.found());
        }
        assertEquals(null, refusal(store().put("newer", hint(FIRST), DamageKind.newer(image.file(hint(FIRST))))));
    }

    @Test
    void unreadableFileIsAnErrorThatNamesItAndAHintIsNone() {
        for (String file : new String[] {FIRST, "MANIFEST"}) {
            StoreIOException e = assertInstanceOf(StoreIOException.class, refusal(store().unreadable(file)));
            assertEquals(true, e.getMessage().contains(file), e::getMessage);
        }
        assertEquals(null, refusal(store().unreadable(hint(FIRST))));
        assertEquals(
                null, refusal(store().unreadable("OWNER").unreadable("STATS").unreadable("RESERVE")));
    }

    /** A copy under another name proves nothing; it is cleared away like anything that a crash may have left. */
    @Test
    void copyUnderAnotherIdIsClearedAway() {
        assertEquals(null, refusal(store().put("copy", SegmentNames.segment(3), image.file(FIRST))));
        assertEquals(null, refusal(store().put("copy", hint(SegmentNames.segment(3)), image.file(hint(FIRST)))));
        assertEquals(null, refusal(store().put("garbage", SegmentNames.segment(-1), new byte[500])));
    }

    /** No crash puts it there, so it is not the store's to delete; and something must be wrong. */
    @Test
    void unlistedSegmentOfAnotherStoreIsRefusedAndStays() {
        assertCorrupt(
                SegmentNames.segment(7),
                "store id " + image.storeId(),
                other.storeId() + ", a file of another store",
                store().put("foreign", SegmentNames.segment(7), other.file(FIRST)));
    }

    @Test
    void unlistedSegmentOfANewerFormatIsRefusedAndStays() {
        String name = SegmentNames.segment(7);
        FormatVersionException e = assertInstanceOf(
                FormatVersionException.class, refusal(store().put("newer", name, DamageKind.newer(image.file(FIRST)))));
        assertEquals(name, e.file());
    }

    /** The store would start empty, and clear away all data as if a crash had left it. */
    @Test
    void manifestOfAnotherStoreThatIsEmptyIsRefused() {
        Image empty = new Story().open().close().end("empty");
        CorruptionException e = assertInstanceOf(
                CorruptionException.class, refusal(store().put("foreign", "MANIFEST", empty.file("MANIFEST"))));
        assertEquals(FIRST, e.file());
    }

    @Test
    void foreignFilesAreLeftAlone() throws IOException {
        Damaged store = store().put("foreign", "notes.txt", new byte[] {1}).put("foreign", "1.seg", new byte[] {2});
        assertEquals(null, refusal(store));
        SimulatedDirectory disk = store.disk();
        Engine.open(disk, Story.OPTIONS, true).close();
        assertNotNull(disk.content("notes.txt"));
        assertNotNull(disk.content("1.seg"));
    }
}
