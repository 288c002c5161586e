package io.stave.engine.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StoreFailedException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.QuietLog;
import io.stave.io.RealDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The first failed force stops the store (I8): nobody is acknowledged, reads go on, and only a reopen heals it. */
@ExtendWith(QuietLog.class)
class ForceFailureTest {

    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);
    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] OTHER = "other".getBytes(UTF_8);
    private static final byte[] VALUE = "value".getBytes(UTF_8);
    private static final byte[] LOST = "lost".getBytes(UTF_8);

    @TempDir
    Path path;

    private final IOException cause = new IOException("Input/output error");
    private GateDirectory directory;
    private Stave store;

    @BeforeEach
    void open() throws IOException {
        open(Options.defaults().mergePolicy(MergePolicy.manual()));
        store.put(KEY, VALUE);
    }

    private void open(Options options) throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, options, false);
    }

    @AfterEach
    void close() throws Exception {
        Background.start(store::close).join();
    }

    private void failForces(Predicate<String> names) {
        directory.fail(Act.FORCE, names, cause);
    }

    /** Every kind of write is refused, with the cause of the first failure, and every read answered. */
    private void assertStopped() {
        List<Executable> writes = List.of(
                () -> store.put(OTHER, LOST),
                () -> store.put(OTHER, LOST, OS),
                () -> store.delete(KEY),
                () -> store.putIfAbsent(OTHER, LOST),
                () -> store.compareAndSet(KEY, 1, LOST),
                () -> store.putAsync(OTHER, LOST),
                () -> store.deleteAsync(KEY),
                () -> store.sync(),
                () -> store.merge());
        for (Executable write : writes) {
            assertSame(cause, root(assertThrows(StoreFailedException.class, write)));
        }
        assertArrayEquals(VALUE, store.get(KEY));
        assertEquals(1, store.getEntry(KEY).version());
        assertNull(store.get(OTHER));
        assertTrue(store.contains(KEY));
        assertNotNull(store.stats());
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** After a reopen all that was acknowledged is there, and writing goes on. */
    private void assertHealedByReopening() throws Exception {
        close();
        assertEquals(0, directory.mappings());
        open(Options.defaults().mergePolicy(MergePolicy.manual()));
        assertArrayEquals(VALUE, store.get(KEY));
        long version = store.put(OTHER, VALUE);
        assertTrue(version > 1);
        close();
        open(Options.defaults().mergePolicy(MergePolicy.manual()));
        assertTrue(store.recoveryReport().clean());
        assertArrayEquals(VALUE, store.get(OTHER));
    }

    @Test
    void aFailedForceStopsTheStore() throws Exception {
        failForces(GateDirectory::segment);
        StoreFailedException failure = assertThrows(StoreFailedException.class, () -> store.put(OTHER, LOST));
        assertSame(cause, root(failure));
        assertStopped();
        assertHealedByReopening();
    }

    /** The next force would succeed, while the data is gone. */
    @Test
    void aForceIsNeverTriedAgain() throws Exception {
        GateDirectory.Rule rule = directory.fail(Act.FORCE, GateDirectory::segment, cause);
        assertThrows(StoreFailedException.class, () -> store.put(OTHER, LOST));
        directory.remove(rule);
        int forces = directory.count(Act.FORCE, name -> true);
        assertStopped();
        close();
        assertEquals(forces, directory.count(Act.FORCE, name -> true));
        open(Options.defaults().mergePolicy(MergePolicy.manual()));
    }

    @Test
    void nobodyIsAcknowledgedWhoseForceFailed() throws Exception {
        GateDirectory.Gate gate = directory.hold(Act.FORCE, GateDirectory::segment);
        failForces(GateDirectory::segment);
        Background<Long> leader = Background.run(() -> store.put(OTHER, LOST));
        gate.awaitArrivals(1);
        List<Background<Long>> behind = new ArrayList<>();
        behind.add(Background.run(() -> store.put("a".getBytes(UTF_8), LOST)));
        behind.add(Background.run(() -> store.put("b".getBytes(UTF_8), LOST, OS)));
        behind.add(Background.run(() -> store.putIfAbsent(OTHER, LOST)));
        behind.add(Background.run(() -> store.delete(OTHER)));
        behind.forEach(writer -> writer.awaitParkedOn(Outcome.class));
        Background<Boolean> sync = Background.start(store::sync).awaitParkedOn(Outcome.class);
        CompletableFuture<Long> async = store.putAsync("c".getBytes(UTF_8), LOST);
        directory.open(gate);
        assertThrows(StoreFailedException.class, leader::join);
        for (Background<Long> writer : behind) {
            assertThrows(StoreFailedException.class, writer::join);
        }
        assertThrows(StoreFailedException.class, sync::join);
        ExecutionException failure = assertThrows(ExecutionException.class, () -> async.get(60, TimeUnit.SECONDS));
        assertTrue(failure.getCause() instanceof StoreFailedException);
        assertStopped();
        assertHealedByReopening();
    }

    @Test
    void theFailedForceOfAnIntervalStopsTheStore() throws Exception {
        failForces(GateDirectory::segment);
        store.put(KEY, VALUE, WriteOptions.defaults().durability(Durability.interval(Duration.ofMillis(1))));
        Background.await(this::refusesWrites);
        assertThrows(StoreFailedException.class, () -> store.sync());
        assertArrayEquals(VALUE, store.get(KEY));
        assertHealedByReopening();
    }

    private boolean refusesWrites() {
        try {
            store.put(OTHER, VALUE, OS);
            return false;
        } catch (StoreFailedException e) {
            return true;
        }
    }

    @Test
    void aFailedForceInTheBackgroundStopsTheStore() throws Exception {
        close();
        open(Options.defaults()
                .mergePolicy(MergePolicy.manual())
                .segmentLength(4096)
                .durability(Durability.OS));
        failForces(GateDirectory::segment);
        Background.await(() -> {
            try {
                // Rolls until the sealer meets the failure, or the creation of a segment does.
                store.put(KEY, VALUE);
                store.put(LOST, new byte[3000]);
                return false;
            } catch (StoreFailedException e) {
                return true;
            }
        });
        assertThrows(StoreFailedException.class, () -> store.put(KEY, VALUE));
        assertArrayEquals(VALUE, store.get(KEY));
        assertHealedByReopening();
    }

    @Test
    void aManifestThatCannotBeForcedStopsTheStore() throws Exception {
        failForces(name -> name.startsWith("MANIFEST"));
        assertThrows(StoreFailedException.class, this::rollBySize);
        assertThrows(StoreFailedException.class, () -> store.put(OTHER, VALUE));
        assertArrayEquals(VALUE, store.get(KEY));
        assertHealedByReopening();
    }

    @Test
    void aDirectoryThatCannotBeForcedStopsTheStore() throws Exception {
        directory.fail(Act.FORCE_NAMES, name -> true, cause);
        assertThrows(StoreFailedException.class, this::rollBySize);
        assertThrows(StoreFailedException.class, () -> store.put(OTHER, VALUE));
        assertArrayEquals(VALUE, store.get(KEY));
        assertHealedByReopening();
    }

    private void rollBySize() throws Exception {
        store.merge();
        store.put(LOST, VALUE);
        store.put(LOST, VALUE);
        store.merge();
        store.put(LOST, VALUE);
    }

    @Test
    void closingAfterwardsFreesEverythingAndDoesNotForce() throws Exception {
        failForces(GateDirectory::segment);
        assertThrows(StoreFailedException.class, () -> store.put(OTHER, LOST));
        close();
        assertEquals(0, directory.mappings());
        open(Options.defaults().mergePolicy(MergePolicy.manual()));
        assertFalse(store.recoveryReport().clean());
    }

    @Test
    void aForceThatFailsInCloseIsToldAndTheStoreIsClosed() throws Exception {
        store.put(OTHER, LOST, OS);
        failForces(GateDirectory::segment);
        assertThrows(StoreFailedException.class, () -> store.close());
        assertEquals(0, directory.mappings());
        store.close();
        open(Options.defaults().mergePolicy(MergePolicy.manual()));
        assertArrayEquals(VALUE, store.get(KEY));
    }
}
