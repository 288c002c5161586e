package io.stave.engine.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Stave;
import io.stave.StoreFailedException;
import io.stave.engine.Engine;
import io.stave.engine.live.Catalog;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.SimulatedDirectory;
import io.stave.manifest.ManifestFile;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a crash or a failure in the middle of a checkpoint leaves behind bars nobody from anything. */
class CheckpointRemainsTest extends CheckpointStores {

    private final SimulatedDirectory target = new SimulatedDirectory();

    /** The target as a crash before the first such act leaves it. */
    private static SimulatedDirectory before(Act act, String suffix, Stave store, SimulatedDirectory target) {
        SimulatedDirectory[] crashed = new SimulatedDirectory[1];
        GateDirectory gate = new GateDirectory(target);
        gate.rule((now, name, position, length) -> {
            if (now == act && name.endsWith(suffix) && crashed[0] == null) {
                crashed[0] = copyOf(target);
            }
        });
        ((Engine) store).checkpoint(gate);
        assertNotNull(crashed[0], () -> "no " + act + " of a file " + suffix);
        return crashed[0];
    }

    /** The ids of the new segments lie above all that the earlier checkpoint knows of. */
    @Test
    void whatWasBroughtForTheNextOneDoesNotBarTheOneBefore() throws IOException {
        write(0, 8);
        checkpoint(target);
        Map<String, String> then = content(target);
        long ceiling = ManifestFile.read(target).segmentIdCeiling();
        write(0, 6 * (int) Catalog.SEGMENT_ID_BLOCK);
        SimulatedDirectory crashed = before(Act.RENAME, ManifestFile.TEMPORARY_NAME, store, target);
        assertTrue(crashed.list().contains(io.stave.segment.SegmentNames.segment(ceiling + 1)));
        assertEquals(then, content(crashed));
    }

    /** The store was restored itself, and has merged away what it was restored from. */
    @Test
    void whatIsLeftOfTheOneBeforeDoesNotBarTheNextOne() throws IOException {
        write(0, 10);
        checkpoint(target);
        SimulatedDirectory restored = new SimulatedDirectory();
        Restore.copy(target, Restore.verified(target), restored, 0);
        SimulatedDirectory theirs = new SimulatedDirectory();
        try (Stave other = open(restored)) {
            ((Engine) other).checkpoint(theirs);
            write(other, 0, 20);
            other.merge();
            SimulatedDirectory crashed = before(Act.DELETE, ".seg", other, theirs);
            assertEquals(content(other), content(crashed));
        }
    }

    @Test
    void aStoreThatStopsWhileItSealsSaysSo() {
        SimulatedDirectory disk = new SimulatedDirectory();
        GateDirectory gate = new GateDirectory(disk);
        Stave other = open(gate);
        write(other, 0, 3);
        gate.rule((act, name, position, length) -> {
            if (act == Act.RENAME && name.equals(ManifestFile.TEMPORARY_NAME)) {
                throw new IOException("no rename");
            }
        });
        assertThrows(StoreFailedException.class, () -> ((Engine) other).checkpoint(target));
        gate.rule((act, name, position, length) -> {});
        other.close();
    }
}
