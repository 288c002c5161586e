package io.stave.engine.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.Options;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.TestClock;
import io.stave.io.RealDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes on their way may expire before they arrive; conditions know (I2). */
class PendingExpiryTest {

    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] VALUE = "value".getBytes(UTF_8);
    private static final byte[] NEXT = "next".getBytes(UTF_8);
    private static final WriteOptions SECOND = WriteOptions.defaults().timeToLive(Duration.ofSeconds(1));
    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);

    private final TestClock clock = new TestClock(1_700_000_000_000L);

    @TempDir
    Path path;

    private GateDirectory directory;
    private Stave store;
    private GateDirectory.Gate gate;

    @BeforeEach
    void open() throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, Options.defaults().clock(clock), false);
        store.put("first".getBytes(UTF_8), VALUE);
    }

    @AfterEach
    void close() throws Exception {
        if (gate != null) {
            directory.open(gate);
        }
        Background.start(store::close).join();
    }

    private interface Call {
        long run();
    }

    /** Runs the call and waits until its force is held. */
    private Background<Long> committing(Call call) throws InterruptedException {
        gate = directory.hold(Act.FORCE, GateDirectory::segment);
        Background<Long> running = Background.run(call::run);
        gate.awaitArrivals(1);
        return running;
    }

    private static Background<Long> waiting(Call call) {
        Background<Long> running = Background.run(call::run).awaitParkedOn(Outcome.class);
        assertFalse(running.done());
        return running;
    }

    @Test
    void anAbsentKeyIsPutOverAPendingValueThatHasExpired() throws Exception {
        Background<Long> put = committing(() -> store.put(KEY, VALUE, SECOND));
        Background<Long> early = waiting(() -> store.putIfAbsent(KEY, NEXT));
        clock.advance(1000);
        Background<Long> late = waiting(() -> store.putIfAbsent(KEY, NEXT, OS));
        directory.open(gate);
        assertTrue(put.join() > 0);
        assertEquals(0, early.join(), "it had not expired then");
        assertEquals(put.join() + 1, late.join());
        assertArrayEquals(NEXT, store.get(KEY));
    }

    @Test
    void theVersionOfAPendingValueThatHasExpiredMatchesNothing() throws Exception {
        long before = store.put(KEY, VALUE);
        Background<Long> put = committing(() -> store.put(KEY, VALUE, SECOND));
        clock.advance(1000);
        Background<Long> change = waiting(() -> store.compareAndSet(KEY, before + 1, NEXT));
        Background<Long> stale = waiting(() -> store.compareAndSet(KEY, before, NEXT));
        Background<Long> delete = waiting(() -> store.delete(KEY, before + 1));
        directory.open(gate);
        assertEquals(before + 1, put.join());
        assertEquals(0, change.join());
        assertEquals(0, stale.join());
        assertEquals(0, delete.join());
        assertNull(store.get(KEY));
    }

    @Test
    void aDeleteRemovesAPendingValueThatHasExpired() throws Exception {
        Background<Long> put = committing(() -> store.put(KEY, VALUE, SECOND));
        clock.advance(1000);
        Background<Long> delete = waiting(() -> store.delete(KEY));
        directory.open(gate);
        assertTrue(put.join() > 0);
        assertEquals(0, delete.join());
        clock.advance(-1000);
        assertNull(store.get(KEY));
        assertEquals(1, store.stats().operations().deletes());
    }

    @Test
    void asynchronousDeletesSeePendingExpiries() throws Exception {
        Background<Long> put = committing(() -> store.put(KEY, VALUE, SECOND));
        CompletableFuture<Long> present = store.deleteAsync(KEY);
        CompletableFuture<Long> again = store.putAsync(KEY, NEXT, SECOND);
        clock.advance(1000);
        CompletableFuture<Long> expired = store.deleteAsync(KEY);
        CompletableFuture<Long> absent = store.deleteAsync(KEY);
        directory.open(gate);
        assertEquals(put.join() + 1, present.get(60, TimeUnit.SECONDS));
        assertEquals(put.join() + 2, again.get(60, TimeUnit.SECONDS));
        assertEquals(0, expired.get(60, TimeUnit.SECONDS));
        assertEquals(0, absent.get(60, TimeUnit.SECONDS));
        clock.advance(-1000);
        assertNull(store.get(KEY));
    }

    /** The expiry of a record is read before the lock is taken: nobody waits for it (I11). */
    @Test
    void aDeleteThatReadsARecordHoldsNobodyUp() throws Exception {
        store.put(KEY, VALUE, SECOND);
        GateDirectory.Gate reading = directory.hold(Act.TOUCH, GateDirectory::segment);
        Background<Long> delete = Background.run(() -> store.delete(KEY));
        reading.awaitArrivals(1);
        Background<Long> async = Background.run(() -> store.deleteAsync(KEY).join());
        reading.awaitArrivals(2);
        assertTrue(Background.run(() -> store.put(NEXT, VALUE)).join() > 0);
        directory.open(reading);
        assertTrue(delete.join() > 0 ^ async.join() > 0, "one of them has deleted it");
        assertNull(store.get(KEY));
    }

    /** The record was read, and then another took its place: it is read again. */
    @Test
    void aDeleteJudgesTheRecordThatIsThereInTheEnd() throws Exception {
        store.put(KEY, VALUE, SECOND);
        GateDirectory.Gate reading = directory.hold(Act.TOUCH, GateDirectory::segment);
        Background<Long> delete = Background.run(() -> store.delete(KEY));
        reading.awaitArrivals(1);
        clock.advance(1000);
        long version = store.put(KEY, NEXT, SECOND);
        directory.open(reading);
        assertTrue(delete.join() > version);
        assertNull(store.get(KEY));
    }
}
