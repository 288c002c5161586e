package io.stave.engine.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.ReadOnlyDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repair that is only planned looks beside a writer, and takes nothing for damaged that the writer does meanwhile. */
class RepairBesideWriterTest {

    @TempDir
    Path path;

    private Stave writer;
    private GateDirectory files;

    private void open(long segmentLength) throws IOException {
        writer =
                Stave.open(path, Options.defaults().segmentLength(segmentLength).mergePolicy(MergePolicy.manual()));
        files = new GateDirectory(ReadOnlyDirectory.open(path));
        for (int i = 0; i < 60; i++) {
            put(i % 20);
        }
    }

    @AfterEach
    void close() throws IOException {
        files.close();
        writer.close();
    }

    private void put(int key) {
        writer.put(("key-" + key).getBytes(), new byte[300]);
    }

    /** Before each time that a segment is opened or read, something happens to the store. */
    private AtomicInteger meanwhile(Act when, Runnable what) {
        AtomicInteger times = new AtomicInteger();
        files.rule((act, name, position, length) -> {
            if (act == when && GateDirectory.segment(name)) {
                times.incrementAndGet();
                what.run();
            }
        });
        return times;
    }

    @Test
    void segmentsThatAMergeReplacesMeanwhileAreNotDamaged() throws IOException {
        open(4096);
        AtomicInteger times = meanwhile(Act.OPEN, writer::merge);
        assertEquals(List.of(), Repair.look(files).damages());
        assertTrue(times.get() > 0);
    }

    @Test
    void whatIsAppendedAndCertifiedMeanwhileIsNotDamaged() throws IOException {
        open(1 << 20);
        AtomicInteger times = meanwhile(Act.READ, () -> {
            put(7);
            put(8); // and with it what certifies the one before
        });
        assertEquals(List.of(), Repair.look(files).damages());
        assertEquals(1, writer.stats().segments().size(), "nothing was rolled, or the segment would be another one");
        assertTrue(times.get() > 0);
    }

    @Test
    void rollsAndMergesMeanwhileAreNoDamage() throws IOException {
        open(4096);
        AtomicInteger number = new AtomicInteger();
        AtomicInteger times = meanwhile(Act.OPEN, () -> {
            for (int i = 0; i < 12; i++) {
                put(number.getAndIncrement() % 20);
            }
            writer.merge();
        });
        assertEquals(List.of(), Repair.look(files).damages());
        assertTrue(times.get() > 0);
    }
}
