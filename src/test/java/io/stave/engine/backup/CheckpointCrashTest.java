package io.stave.engine.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.io.CrashState;
import io.stave.io.CrashStates;
import io.stave.io.Replay;
import io.stave.io.SimulatedDirectory;
import io.stave.manifest.ManifestFile;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A crash of the target's machine at any operation leaves the checkpoint that was there, or the new one; and the next one succeeds. */
class CheckpointCrashTest extends CheckpointStores {

    private static final int RANDOM = 4;

    /** After one state in so many the next checkpoint is taken. */
    private static final int AGAIN = 5;

    @Test
    void theFirstOneIsThereWholeOrNotAtAll() throws IOException {
        write(0, 8);
        for (boolean links : new boolean[] {true, false}) {
            SimulatedDirectory target = target(links).keepHistory();
            checkpoint(target);
            Map<String, String> content = content(store);
            int states = 0;
            for (Replay replay = target.replay(); ; replay.step()) {
                for (CrashState state : CrashStates.of(replay.unsynced(), RANDOM, replay.point())) {
                    SimulatedDirectory after = replay.afterCrash(state);
                    String spot = replay.point() + " " + state;
                    if (after.list().contains(ManifestFile.NAME)) {
                        assertEquals(content, content(after), spot);
                    } else if (segments(after) > 0) {
                        assertThrows(CorruptionException.class, () -> open(copyOf(after)), spot);
                    }
                    if (states++ % AGAIN == 0) {
                        checkpoint(after);
                        assertEquals(content, content(after), spot);
                    }
                }
                if (!replay.hasNext()) {
                    break;
                }
            }
            assertTrue(states > 300, states + " states");
        }
    }

    @Test
    void theNextOneLeavesTheOneBeforeUntilItIsWhole() throws IOException {
        write(0, 8);
        for (boolean links : new boolean[] {true, false}) {
            SimulatedDirectory first = target(links);
            checkpoint(first);
            Map<String, String> before = content(store);
            write(0, 6);
            store.merge();
            write(20, 4);
            SimulatedDirectory target = copyOf(first);
            if (!links) {
                target.refuseLinks();
            }
            target.keepHistory();
            checkpoint(target);
            Map<String, String> now = content(store);
            int[] found = new int[2];
            for (Replay replay = target.replay(); ; replay.step()) {
                for (CrashState state : CrashStates.of(replay.unsynced(), RANDOM, replay.point())) {
                    SimulatedDirectory after = replay.afterCrash(state);
                    String spot = replay.point() + " " + state;
                    Map<String, String> content = content(after);
                    assertTrue(content.equals(before) || content.equals(now), spot);
                    found[content.equals(before) ? 0 : 1]++;
                    if ((found[0] + found[1]) % AGAIN == 0) {
                        checkpoint(after);
                        assertEquals(now, content(after), spot);
                    }
                }
                if (!replay.hasNext()) {
                    break;
                }
            }
            assertTrue(found[0] > 100 && found[1] > 10, found[0] + " before, " + found[1] + " after");
        }
    }

    private static SimulatedDirectory target(boolean links) {
        SimulatedDirectory target = new SimulatedDirectory();
        if (!links) {
            target.refuseLinks();
        }
        return target;
    }
}
