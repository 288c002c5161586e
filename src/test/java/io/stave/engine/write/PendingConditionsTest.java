package io.stave.engine.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.RealDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Conditions see the writes on their way, in the group that is being forced and in the one that gathers behind it, and an answer that
 * rests on one is given only when that one is durable (I2).
 */
class PendingConditionsTest {

    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);
    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] OTHER = "other".getBytes(UTF_8);

    @TempDir
    Path path;

    private GateDirectory directory;
    private Stave store;
    private GateDirectory.Gate gate;

    @BeforeEach
    void open() throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, Options.defaults().mergePolicy(MergePolicy.manual()), false);
        store.put("first".getBytes(UTF_8), value(0));
    }

    @AfterEach
    void close() throws Exception {
        if (gate != null) {
            directory.open(gate);
        }
        Background.start(store::close).join();
    }

    private static byte[] value(int i) {
        return ("value " + i).getBytes(UTF_8);
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

    /** Runs the call and waits until it waits for a group; it must not be answered before. */
    private Background<Long> waiting(Call call) {
        Background<Long> running = Background.run(call::run).awaitParkedOn(Outcome.class);
        assertFalse(running.done());
        return running;
    }

    private void release() {
        directory.open(gate);
    }

    @Test
    void aRefusalWaitsForTheWriteBeingForced() throws Exception {
        Background<Long> put = committing(() -> store.put(KEY, value(1)));
        Background<Long> absent = waiting(() -> store.putIfAbsent(KEY, value(2)));
        Background<Long> stale = waiting(() -> store.compareAndSet(KEY, 1, value(3)));
        Background<Long> delete = waiting(() -> store.delete(KEY, 1));
        release();
        assertTrue(put.join() > 0);
        assertEquals(0, absent.join());
        assertEquals(0, stale.join());
        assertEquals(0, delete.join());
        assertArrayEquals(value(1), store.get(KEY));
    }

    @Test
    void aRefusalWaitsForTheWriteThatGathers() throws Exception {
        Background<Long> first = committing(() -> store.put(OTHER, value(0)));
        Background<Long> put = waiting(() -> store.put(KEY, value(1)));
        Background<Long> absent = waiting(() -> store.putIfAbsent(KEY, value(2)));
        Background<Long> weak = waiting(() -> store.compareAndSet(KEY, 1, value(3), OS));
        release();
        assertTrue(first.join() < put.join());
        assertEquals(0, absent.join());
        assertEquals(0, weak.join());
        assertArrayEquals(value(1), store.get(KEY));
    }

    @Test
    void absentWaitsForTheDeleteThatCausedIt() throws Exception {
        long version = store.put(KEY, value(1));
        Background<Long> delete = committing(() -> store.delete(KEY));
        Background<Long> again = waiting(() -> store.delete(KEY));
        Background<Long> stale = waiting(() -> store.delete(KEY, version));
        Background<Long> change = waiting(() -> store.compareAndSet(KEY, version, value(2)));
        CompletableFuture<Long> async = store.deleteAsync(KEY);
        assertFalse(async.isDone());
        release();
        assertTrue(delete.join() > version);
        assertEquals(0, again.join());
        assertEquals(0, stale.join());
        assertEquals(0, change.join());
        assertEquals(0, async.get(60, TimeUnit.SECONDS));
        assertNull(store.get(KEY));
    }

    @Test
    void conditionsHoldOnWhatIsBeingForced() throws Exception {
        long version = store.put(KEY, value(1));
        Background<Long> second = committing(() -> store.put(KEY, value(2)));
        Background<Long> third = waiting(() -> store.compareAndSet(KEY, version + 1, value(3)));
        Background<Long> fourth = waiting(() -> store.compareAndSet(KEY, version + 2, value(4), OS));
        Background<Long> delete = waiting(() -> store.delete(KEY, version + 3));
        Background<Long> absent = waiting(() -> store.putIfAbsent(KEY, value(5)));
        assertArrayEquals(value(1), store.get(KEY));
        release();
        assertEquals(version + 1, second.join());
        assertEquals(version + 2, third.join());
        assertEquals(version + 3, fourth.join());
        assertEquals(version + 4, delete.join());
        assertEquals(version + 5, absent.join());
        assertArrayEquals(value(5), store.get(KEY));
    }

    @Test
    void putIfAbsentHoldsOnADeleteThatIsBeingForced() throws Exception {
        store.put(KEY, value(1));
        Background<Long> delete = committing(() -> store.delete(KEY));
        Background<Long> absent = waiting(() -> store.putIfAbsent(KEY, value(2)));
        Background<Long> second = waiting(() -> store.putIfAbsent(KEY, value(3)));
        release();
        assertEquals(delete.join() + 1, absent.join());
        assertEquals(0, second.join());
        assertArrayEquals(value(2), store.get(KEY));
    }

    @Test
    void theVersionBeforeThePendingOneIsRefused() throws Exception {
        long version = store.put(KEY, value(1));
        Background<Long> put = committing(() -> store.put(KEY, value(2)));
        Background<Long> stale = waiting(() -> store.compareAndSet(KEY, version, value(3)));
        release();
        put.join();
        assertEquals(0, stale.join());
        assertArrayEquals(value(2), store.get(KEY));
    }

    @Test
    void otherKeysAreAnsweredAtOnce() throws Exception {
        long version = store.put(OTHER, value(1));
        Background<Long> put = committing(() -> store.put(KEY, value(1)));
        assertEquals(0, store.putIfAbsent(OTHER, value(2)));
        assertEquals(0, store.compareAndSet(OTHER, version + 7, value(2)));
        assertEquals(0, store.delete("absent".getBytes(UTF_8)));
        assertEquals(0, store.delete(OTHER, version + 7));
        assertFalse(put.done());
        release();
        put.join();
    }

    @Test
    void whatIsNotPendingIsDecidedByTheKeydir() {
        assertEquals(0, store.delete(KEY));
        assertEquals(0, store.delete(KEY, 5));
        assertEquals(0, store.delete(KEY, Stave.NO_VERSION));
        assertEquals(0, store.compareAndSet(KEY, 5, value(1)));
        long first = store.putIfAbsent(KEY, value(1));
        assertTrue(first > 0);
        assertEquals(0, store.putIfAbsent(KEY, value(2)));
        long second = store.compareAndSet(KEY, first, value(2));
        assertTrue(second > first);
        assertEquals(0, store.compareAndSet(KEY, first, value(3)));
        assertEquals(0, store.delete(KEY, first));
        assertTrue(store.delete(KEY, second) > second);
        assertNull(store.get(KEY));
        assertTrue(store.compareAndSet(KEY, Stave.NO_VERSION, value(4)) > second);
    }

    /** A version is read before the lock is taken; if the key moves in between the writer looks again. */
    @Test
    void aKeyThatIsMergedOrWrittenWhileItsVersionIsReadIsLookedAtAgain() throws Exception {
        long version = store.put(KEY, value(1), OS);
        store.put(OTHER, value(1), OS);
        store.put(OTHER, value(2), OS);
        GateDirectory.Gate reading = directory.hold(Act.TOUCH, GateDirectory::segment);
        Background<Long> change = Background.run(() -> store.compareAndSet(KEY, version, value(2)));
        Background<Long> late = Background.run(() -> store.compareAndSet(OTHER, version + 2, value(3)));
        reading.awaitArrivals(2);
        assertEquals(1, store.merge().inputs().size());
        long newer = store.put(OTHER, value(4));
        directory.open(reading);
        assertTrue(change.join() > version);
        assertEquals(0, late.join());
        assertArrayEquals(value(2), store.get(KEY));
        assertEquals(newer, store.getEntry(OTHER).version());
    }
}
