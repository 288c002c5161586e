package io.stave.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.stave.Options;
import io.stave.Stave;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A close that finds no memory lets go of everything all the same. */
class CloseWithoutMemoryTest {

    @Test
    void nothingIsHeldWhenTheKeydirCannotBeLeft() {
        SimulatedDirectory disk = new SimulatedDirectory();
        GateDirectory gate = new GateDirectory(disk);
        Stave store = Engine.open(gate, Options.defaults().segmentLength(4096), true);
        store.put(new byte[] {1}, new byte[] {2});
        gate.rule((act, name, position, length) -> {
            if (act == Act.CREATE && name.equals("KEYDIR")) {
                throw new OutOfMemoryError("simulated");
            }
        });
        assertThrows(OutOfMemoryError.class, store::close);
        assertEquals(List.of(), disk.leaks());
        try (Stave again = Engine.open(
                disk.afterCrash(CrashState.everything()), Options.defaults().segmentLength(4096), true)) {
            assertArrayEquals(new byte[] {2}, again.get(new byte[] {1}));
        }
    }
}
