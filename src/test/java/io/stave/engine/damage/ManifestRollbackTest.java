package io.stave.engine.damage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.stave.CorruptionException;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.engine.Engine;
import io.stave.engine.damage.Judge.Verdict;
import io.stave.engine.support.Silence;
import io.stave.segment.SegmentNames;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * An older MANIFEST beside newer files. It is sound, and lists what it lists: seen through is what cannot go together with the files, and the
 * rest is a state that the store was in. There is never a mixture.
 */
class ManifestRollbackTest {

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    private static Damaged rolledBack(Image image, int when) {
        byte[] older = image.earlier().get(when).get("MANIFEST");
        return new Damaged(image).rollBack("MANIFEST of time " + when, Objects.requireNonNull(older));
    }

    private static CorruptionException refusal(Damaged store) {
        assertEquals(Verdict.REFUSED, new Judge(store).write(true));
        try (Stave open = Engine.open(store.disk(), Story.OPTIONS, true)) {
            throw new AssertionError("it was opened: " + open.recoveryReport());
        } catch (StaveException e) {
            return assertInstanceOf(CorruptionException.class, e);
        }
    }

    /** Each close gives reserved ids back, so what was created later lies above what the older one knows. */
    @Test
    void ofAnEarlierCleanCloseIsRefused() {
        Image image = new Story()
                .open()
                .put(0, 9)
                .close()
                .remember()
                .open()
                .put(1, 9)
                .close()
                .end("two sessions");
        CorruptionException e = refusal(rolledBack(image, 0));
        assertEquals("MANIFEST", e.file());
        assertEquals("a manifest that knows of " + SegmentNames.segment(2), e.expected());
        assertEquals("one that reserved segment ids up to 1: an older one was put back", e.actual());
    }

    @Test
    void ofANewStoreIsRefused() {
        Image image =
                new Story().open().close().remember().open().put(0, 9).close().end("a new store");
        assertEquals("MANIFEST", refusal(rolledBack(image, 0)).file());
    }

    @Test
    void ofBeforeAMergeIsRefused() {
        Image image = new Story()
                .open()
                .put(0, 9)
                .put(0, 10)
                .close()
                .open()
                .put(1, 9)
                .put(1, 9)
                .remember()
                .merge()
                .close()
                .end("merged");
        CorruptionException e = refusal(rolledBack(image, 0));
        assertEquals(SegmentNames.segment(2), e.file());
        assertEquals("no file", e.actual());
    }

    /** What cannot be told: nothing in the files says that they were listed once. It is a state of before, whole. */
    @Test
    void ofTheSameSessionIsAStateOfBefore() {
        Image image = new Story()
                .open()
                .put(0, 2000)
                .remember()
                .put(1, 2000)
                .put(2, 2000)
                .put(3, 2000)
                .close()
                .end("one session");
        assertEquals(Verdict.CUT, new Judge(rolledBack(image, 0)).write(false));
    }

    /** Sequences above the ceiling cannot be, whatever was given out. */
    @Test
    void thatKnowsFewerVersionsThanTheLogHoldsIsRefused() {
        Image image = new Story()
                .open()
                .put(0, 9)
                .remember()
                .skipVersions()
                .put(1, 9)
                .put(2, 9)
                .put(3, 9)
                .put(4, 9)
                .crash()
                .end("many versions");
        CorruptionException e = refusal(rolledBack(image, 0));
        assertEquals("MANIFEST", e.file());
        long newest = Objects.requireNonNull(image.contents().get(4)).version();
        String holds = ", which " + SegmentNames.segment(1) + " holds";
        assertEquals("a manifest that reserved version " + newest + holds, e.expected());
    }
}
