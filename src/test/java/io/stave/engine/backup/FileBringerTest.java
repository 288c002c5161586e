package io.stave.engine.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.StoreClosedException;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.LogFile;
import io.stave.io.FileWindow;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What a checkpoint does with one segment, which may be long. */
class FileBringerTest {

    private static final int WINDOWS = 4;

    /** A close waits for the checkpoint under way: so that must not read a segment to its end first. */
    @Test
    void theVerificationOfASegmentEndsSoonAfterItWasAskedTo() throws IOException {
        SimulatedDirectory source = new SimulatedDirectory();
        LogFile log = new LogFile(1, 1);
        String value = "v".repeat(1000);
        for (int i = 1; log.end() < WINDOWS * FileWindow.CAPACITY; i++) {
            log.put(i, "key-" + i, value);
        }
        log.saveTo(source);
        AtomicBoolean closed = new AtomicBoolean();
        GateDirectory target = new GateDirectory(new SimulatedDirectory());
        FileBringer bringer = new FileBringer(source, target, true, () -> {
            if (closed.get()) {
                throw new StoreClosedException();
            }
        });
        target.rule((act, name, position, length) -> {
            if (act == Act.READ && length == FileWindow.CAPACITY) {
                closed.set(true);
            }
        });
        assertThrows(StoreClosedException.class, () -> bringer.bring(log.sealed()));
        assertTrue(closed.get(), "the segment was not read");
        assertEquals(2, target.count(Act.READ, GateDirectory::segment), "the header, and the first of its windows");
    }
}
