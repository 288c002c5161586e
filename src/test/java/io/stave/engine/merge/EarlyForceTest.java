package io.stave.engine.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.ForceFailedException;
import io.stave.io.SimulatedDirectory;
import io.stave.io.WritableFile;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A file is forced while it is written, and what that comes to is not lost. */
class EarlyForceTest {

    private static final String NAME = "0000000000000007.seg";

    private final GateDirectory directory = new GateDirectory(new SimulatedDirectory());
    private final AtomicReference<Throwable> told = new AtomicReference<>();
    private EarlyForce early;

    @BeforeEach
    void create() throws IOException {
        WritableFile file = directory.create(NAME);
        early = new EarlyForce(file, told::set);
    }

    private int forces() {
        return directory.count(Act.FORCE, NAME::equals);
    }

    @Test
    void shortFileIsNotForcedEarly() throws IOException {
        early.written(EarlyForce.PIECE - 1);
        early.await();
        assertEquals(0, forces());
    }

    @Test
    void eachPieceIsForcedOnceByAnotherThread() throws IOException {
        AtomicReference<Thread> forcing = new AtomicReference<>();
        directory.rule((act, name, position, length) -> forcing.set(Thread.currentThread()));
        for (int piece = 1; piece <= 3; piece++) {
            early.written(piece * EarlyForce.PIECE);
            early.await();
            early.written(piece * EarlyForce.PIECE + 1);
            early.await();
            assertEquals(piece, forces());
        }
        assertNotSame(Thread.currentThread(), forcing.get());
        assertTrue(forcing.get().isDaemon());
    }

    @Test
    void writerDoesNotWaitForAForceThatIsUnderWay() throws Exception {
        GateDirectory.Gate gate = directory.hold(Act.FORCE, NAME::equals);
        early.written(EarlyForce.PIECE);
        gate.awaitArrivals(1);
        early.written(2 * EarlyForce.PIECE);
        assertEquals(1, forces());
        directory.open(gate);
        early.await();
        early.written(3 * EarlyForce.PIECE);
        early.await();
        assertEquals(2, forces());
    }

    /** The kernel tells of it once, and the next force would succeed (I8). */
    @Test
    void failureReachesTheWriterAndIsFinal() throws IOException {
        directory.fail(Act.FORCE, NAME::equals, new IOException("Input/output error"));
        early.written(EarlyForce.PIECE);
        assertThrows(ForceFailedException.class, early::await);
        assertInstanceOf(ForceFailedException.class, told.get());
        assertThrows(ForceFailedException.class, () -> early.written(2 * EarlyForce.PIECE));
        early.end();
        assertEquals(1, forces(), "it is not tried again");
    }

    /** Nobody may ask for long: the merge may be held back, or a write be what fails next. */
    @Test
    void failureIsToldAtOnce() throws Exception {
        CountDownLatch failing = new CountDownLatch(1);
        directory.fail(Act.FORCE, NAME::equals, new IOException("Input/output error"));
        early = new EarlyForce(directory.reopen(NAME), e -> failing.countDown());
        early.written(EarlyForce.PIECE);
        assertTrue(failing.await(60, TimeUnit.SECONDS));
    }

    @Test
    void errorReachesTheWriterToo() throws IOException {
        Error error = new OutOfMemoryError("of a test");
        directory.rule((act, name, position, length) -> {
            throw error;
        });
        early.written(EarlyForce.PIECE);
        IOException e = assertThrows(ForceFailedException.class, early::await);
        assertSame(error, told.get());
        assertSame(error, e.getCause().getCause());
    }

    @Test
    void interruptDoesNotEndTheWait() throws Exception {
        GateDirectory.Gate gate = directory.hold(Act.FORCE, NAME::equals);
        early.written(EarlyForce.PIECE);
        gate.awaitArrivals(1);
        Thread writer = Thread.currentThread();
        writer.interrupt();
        AtomicBoolean opened = new AtomicBoolean();
        Thread opener = new Thread(() -> {
            while (writer.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            opened.set(true);
            directory.open(gate);
        });
        opener.start();
        early.end();
        assertTrue(opened.get(), "it did not wait for the force");
        assertTrue(Thread.interrupted(), "and is still to be seen");
        opener.join();
    }
}
