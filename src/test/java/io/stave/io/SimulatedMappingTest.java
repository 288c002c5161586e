package io.stave.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract of mappings, on the simulation, and what it adds to find those who read what was released. */
class SimulatedMappingTest extends MappingContract {
    @Override
    StoreDirectory newDirectory() {
        return new SimulatedDirectory();
    }

    @Test
    void releasedMemoryIsPoison() throws IOException {
        StoreDirectoryContract.create(directory, "a", new byte[100]);
        try (ReadableFile file = directory.open("a")) {
            for (Mapping mapping : List.of(file.map(100), directory.allocate(100))) {
                ByteBuffer kept = mapping.buffer();
                ByteBuffer lent = mapping.lend(10, 8);
                mapping.release();
                mapping.giveBack();
                for (int i = 0; i < 100; i++) {
                    assertEquals(SimulatedMapping.POISON, kept.get(i));
                }
                assertEquals(SimulatedMapping.POISON, lent.get(7));
            }
        }
    }

    @Test
    void laterWritesDoNotReachAReleasedMapping() throws IOException {
        try (WritableFile file = directory.create("a")) {
            file.extend(100);
            try (ReadableFile reader = directory.open("a")) {
                Mapping mapping = reader.map(100);
                ByteBuffer kept = mapping.buffer();
                mapping.release();
                file.write(ByteBuffer.wrap(new byte[100]), 0);
                assertEquals(SimulatedMapping.POISON, kept.get(50));
            }
        }
    }

    @Test
    void whatIsNotGivenBackIsALeak() throws IOException {
        SimulatedDirectory simulated = (SimulatedDirectory) directory;
        var writer = simulated.create("a");
        writer.extend(10);
        var reader = simulated.open("a");
        var mapping = reader.map(10);
        var memory = simulated.allocate(256);
        var lock = simulated.tryLock("LOCK");
        assertEquals(
                List.of(
                        "LOCK, locked",
                        "a, open for reading",
                        "a, open for writing",
                        "mapping of a [0, 10)",
                        "memory of up to 256 bytes"),
                simulated.leaks());
        writer.close();
        reader.close();
        mapping.release();
        memory.release();
        lock.close();
        assertEquals(List.of(), simulated.leaks());
    }
}
