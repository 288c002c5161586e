package io.stave.engine.recovery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Keydir;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.RecoveryReport;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.model.Keys;
import io.stave.engine.support.Silence;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import io.stave.keydir.NeedsChronicle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A store that was closed with one keydir is opened with the other: from its hints, and told so. */
@NeedsChronicle
class KeydirSwitchTest {

    private static final Options OPTIONS =
            Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    private static byte[] key(int i) {
        return ("key " + i).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void eitherKeydirOpensWhatTheOtherHasLeft() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        Keydir before = null;
        int written = 0;
        for (Keydir kind : new Keydir[] {
            Keydir.COMPACT, Keydir.CHRONICLE, Keydir.CHRONICLE, Keydir.COMPACT, Keydir.COMPACT, Keydir.CHRONICLE
        }) {
            try (Stave store = Engine.open(directory, OPTIONS.keydir(kind), true)) {
                RecoveryReport report = store.recoveryReport();
                assertEquals(kind == before, report.keydirRestored(), report::describe);
                if (before == null || kind == before) {
                    assertNull(report.keydirRejected());
                } else {
                    assertEquals(
                            "it was left by a keydir of another kind, " + before + ", and this one is " + kind,
                            report.keydirRejected());
                    assertTrue(report.segmentsFromHints() > 0);
                }
                for (int i = 0; i < written; i++) {
                    assertArrayEquals(Keys.value(i, 300), store.get(key(i)));
                }
                for (int i = 0; i < 3; i++) {
                    store.put(key(written), Keys.value(written++, 300));
                }
                store.put(key(0), Keys.value(0, 300));
                assertEquals(written, store.stats().keys());
            }
            before = kind;
            directory = directory.afterCrash(CrashState.everything());
        }
    }

    /** The file of the one is never taken for that of the other, whatever is damaged in it. */
    @Test
    void magicOfTheOtherKeydirHelpsNoFile() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        try (Stave store = Engine.open(directory, OPTIONS, true)) {
            store.put(key(0), Keys.value(0, 300));
        }
        byte[] left = directory.content(KeydirFile.NAME);
        System.arraycopy("STAVECHR".getBytes(StandardCharsets.US_ASCII), 0, left, 0, 8);
        SimulatedDirectory forged = directory.afterCrash(CrashState.everything());
        forged.damage(KeydirFile.NAME, left);
        try (Stave store = Engine.open(forged, OPTIONS.keydir(Keydir.CHRONICLE), true)) {
            assertFalse(store.recoveryReport().keydirRestored());
            assertArrayEquals(Keys.value(0, 300), store.get(key(0)));
        }
    }
}
