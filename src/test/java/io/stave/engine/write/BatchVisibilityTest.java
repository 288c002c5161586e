package io.stave.engine.write;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.BatchResult;
import io.stave.Durability;
import io.stave.Entry;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Snapshot;
import io.stave.Stave;
import io.stave.StoreFailedException;
import io.stave.engine.Engine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.QuietLog;
import io.stave.io.RealDirectory;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.manifest.ManifestFile;
import io.stave.manifest.StoreSecret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Readers that see one write of a batch see all of them (I5), and none of them waits (I11). */
@ExtendWith(QuietLog.class)
class BatchVisibilityTest {

    private static final Options OPTIONS = Options.defaults()
            .mergePolicy(MergePolicy.manual())
            .durability(Durability.OS)
            .segmentLength(1 << 20);

    /** Enough for the keydir to ask for memory, which is where the publication can be held. */
    private static final int NEW_KEYS = 60_000;

    private static final int OLD_KEYS = 300;

    @TempDir
    Path path;

    private GateDirectory directory;
    private Stave store;
    private KeyHash hash;

    @BeforeEach
    void open() throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, OPTIONS, false);
        StoreSecret secret = ManifestFile.read(directory).secret();
        hash = new KeyHash(secret.first(), secret.second());
    }

    @AfterEach
    void close() throws Exception {
        Background.start(store::close).join();
    }

    /** No new key shares a stripe with an old one: where the publication is held, in a stripe that grows, a merge finds nothing to move. */
    private byte[] key(int i) {
        byte[] key = new byte[8];
        Fingerprint fingerprint = new Fingerprint();
        int salt = 0;
        do {
            ByteBuffer.wrap(key).putInt(i).putInt(salt++);
            hash.hash(key, 0, key.length, fingerprint);
        } while (fingerprint.high < 0 != i >= OLD_KEYS);
        return key;
    }

    private static byte[] value(int i, int generation) {
        return ByteBuffer.allocate(8).putInt(i).putInt(generation).array();
    }

    private void putOldKeys() {
        for (int i = 0; i < OLD_KEYS; i++) {
            store.put(key(i), value(i, 1));
        }
    }

    /** Adds many keys; overwrites half of the old ones and deletes the others, some before and some behind all the new ones. */
    private Batch change() {
        Batch batch = new Batch();
        for (int i = 0; i < OLD_KEYS / 2; i++) {
            changeOld(batch, i);
        }
        for (int i = OLD_KEYS; i < OLD_KEYS + NEW_KEYS; i++) {
            batch.put(key(i), value(i, 2));
        }
        for (int i = OLD_KEYS / 2; i < OLD_KEYS; i++) {
            changeOld(batch, i);
        }
        return batch;
    }

    private void changeOld(Batch batch, int i) {
        batch.put(key(i), value(i, 0));
        if (i % 2 == 0) {
            batch.put(key(i), value(i, 2));
        } else {
            batch.delete(key(i));
        }
    }

    private void assertChanged() {
        for (int i = 0; i < OLD_KEYS + NEW_KEYS; i += i < OLD_KEYS ? 1 : 97) {
            boolean there = i % 2 == 0 || i >= OLD_KEYS;
            byte[] expected = there ? value(i, 2) : null;
            assertArrayEquals(expected, store.get(key(i)));
            Entry entry = store.getEntry(key(i));
            assertArrayEquals(expected, entry == null ? null : entry.value());
            assertEquals(there, store.contains(key(i)));
            Integer lent = store.<Integer>read(key(i), (value, version) -> value.getInt(4));
            assertEquals(there ? 2 : null, lent);
        }
    }

    /** And not for what is noted of the records before they are published. */
    private static boolean forTheKeydir() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().startsWith("io.stave.keydir.")));
    }

    /** Holds the next allocation; those of a merge, or of a snapshot, come later and are let through. */
    private GateDirectory.Gate holdOneAllocation() {
        AtomicBoolean held = new AtomicBoolean();
        GateDirectory.Gate gate = new GateDirectory.Gate();
        GateDirectory.Rule unused = directory.rule((act, name, position, length) -> {
            if (act == Act.ALLOCATE && forTheKeydir() && held.compareAndSet(false, true)) {
                gate.pass();
            }
        });
        return gate;
    }

    private Background<BatchResult> applyAndHoldHalfWay(Batch batch, GateDirectory.Gate gate)
            throws InterruptedException {
        Background<BatchResult> applying = Background.run(() -> store.apply(batch));
        gate.awaitArrivals(1);
        long keys = store.stats().keys();
        assertTrue(keys > OLD_KEYS && keys < NEW_KEYS / 2, keys + " keys: the keydir is not half-way");
        return applying;
    }

    @Test
    void readersSeeAllOfABatchThatIsHalfCarriedOver() throws Exception {
        putOldKeys();
        GateDirectory.Gate gate = directory.hold(Act.ALLOCATE, name -> forTheKeydir());
        Background<BatchResult> applying = applyAndHoldHalfWay(change(), gate);
        assertChanged();
        Background<Long> conditional = Background.run(() -> store.putIfAbsent(key(1), value(1, 3)));
        Background<Long> plain = Background.run(() -> store.put(key(2), value(2, 3)));
        conditional.awaitParkedOn(Outcome.class);
        plain.awaitParkedOn(Outcome.class);
        assertNull(store.get(key(1)));
        directory.open(gate);
        BatchResult result = applying.join();
        assertTrue(conditional.join() > result.version(result.count() - 1));
        plain.join();
        assertArrayEquals(value(1, 3), store.get(key(1)));
        store.apply(new Batch().delete(key(1)).put(key(2), value(2, 2)));
        assertChanged();
    }

    /** A merge goes by the keydir, which it swings, and not by what lies over it. */
    @Test
    void aMergeMayRunWhileABatchIsHalfCarriedOver() throws Exception {
        putOldKeys();
        for (int i = 0; i < 40; i++) {
            store.put(key(7), value(7, 1));
        }
        close();
        open();
        List<Long> sealed =
                store.stats().segments().stream().map(segment -> segment.id()).toList();
        GateDirectory.Gate gate = holdOneAllocation();
        Background<BatchResult> applying = applyAndHoldHalfWay(change(), gate);
        assertEquals(sealed, store.merge(sealed).inputs());
        assertChanged();
        gate.open();
        applying.join();
        assertChanged();
        assertEquals(OLD_KEYS / 2 + NEW_KEYS, store.stats().keys());
        assertEquals(
                (OLD_KEYS / 2 + NEW_KEYS) * (20L + 8 + 8), store.stats().space().liveBytes());
        store.merge();
        assertChanged();
        close();
        open();
        assertChanged();
    }

    /** The copy of a copy that the snapshot knows the original of: what a batch is about to change must be swung to it all the same. */
    @Test
    void aSnapshotSeesWhatABatchReplacesThoughItIsMergedAwayMeanwhile() throws Exception {
        putOldKeys();
        store.put(key(0), value(0, 1));
        close();
        open();
        try (Snapshot snapshot = store.snapshot()) {
            List<Long> copies = store.merge().outputs();
            store.put(key(1), value(1, 2));
            GateDirectory.Gate gate = holdOneAllocation();
            Background<BatchResult> applying = applyAndHoldHalfWay(change(), gate);
            assertEquals(copies, store.merge(copies).inputs());
            Background.await(() -> store.stats().space().pinnedBytes() == snapshot.pinnedBytes());
            assertShowsOldKeys(snapshot);
            gate.open();
            applying.join();
            assertShowsOldKeys(snapshot);
        }
    }

    private static void assertShowsOldKeys(Snapshot snapshot) {
        List<Integer> seen = new ArrayList<>();
        snapshot.entries().forEachRemaining(entry -> {
            int i = ByteBuffer.wrap(entry.key()).getInt();
            assertArrayEquals(value(i, 1), entry.value());
            seen.add(i);
        });
        assertEquals(
                IntStream.range(0, OLD_KEYS).boxed().toList(),
                seen.stream().sorted().toList());
    }

    /** The store stops, and shows all of the batch: it is on the disk, and so the next open finds it. */
    @Test
    void aBatchThatTheKeydirHasNoMemoryForIsSeenWhole() throws Exception {
        putOldKeys();
        AtomicInteger asked = new AtomicInteger();
        GateDirectory.Rule rule = directory.rule((act, name, position, length) -> {
            if (act == Act.ALLOCATE && forTheKeydir()) {
                asked.incrementAndGet();
                throw new IOException("no memory");
            }
        });
        assertThrows(StoreFailedException.class, () -> store.apply(change()));
        assertTrue(asked.get() > 0);
        assertTrue(store.stats().keys() < NEW_KEYS, "it failed half-way");
        assertChanged();
        assertThrows(StoreFailedException.class, () -> store.apply(new Batch().require(key(1), 0)));
        assertChanged();
        directory.remove(rule);
        close();
        open();
        assertChanged();
    }

    /** A batch of one record is a plain write, and a plain group needs no overlay. */
    @Test
    void nothingLiesOverTheKeydirAfterwards() {
        store.apply(new Batch().put(key(1), value(1, 1)).put(key(2), value(2, 1)));
        store.put(key(1), value(1, 2));
        store.delete(key(2));
        assertArrayEquals(value(1, 2), store.get(key(1)));
        assertFalse(store.contains(key(2)));
    }

    /** Keys are read one after the other, always in the same order: none may be older than the one before it. */
    @Test
    void noReaderSeesPartOfABatch() throws Exception {
        int keys = 24;
        AtomicInteger batches = new AtomicInteger();
        AtomicInteger rounds = new AtomicInteger();
        BooleanSupplier enough = () -> batches.get() > 3000 && rounds.get() > 3000;
        List<Background<Boolean>> threads = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            threads.add(Background.start(() -> {
                while (!enough.getAsBoolean()) {
                    applyTo(keys, batches.incrementAndGet());
                }
            }));
        }
        threads.add(Background.start(() -> {
            for (int i = 0; !enough.getAsBoolean(); i++) {
                store.put(key(100 + i % 10), value(i, 0));
                if (i % 200 == 0) {
                    store.merge();
                }
            }
        }));
        Background.await(() -> store.contains(key(keys - 1)));
        for (int t = 0; t < 2; t++) {
            threads.add(Background.start(() -> {
                while (!enough.getAsBoolean()) {
                    readInOrder(keys);
                    rounds.incrementAndGet();
                }
            }));
        }
        for (Background<Boolean> thread : threads) {
            thread.join();
        }
    }

    private void applyTo(int keys, int number) {
        // Now and then a group of its own.
        int length = number % 32 < 2 ? 1 + BatchWrite.LARGE / keys : number % 40;
        Batch batch = new Batch();
        for (int i = 0; i < keys; i++) {
            batch.put(key(i), new byte[length]);
        }
        if (number % 2 == 0) {
            store.apply(batch);
        } else {
            store.applyAsync(batch).join();
        }
    }

    private void readInOrder(int keys) {
        long first = 0;
        for (int i = 0; i < keys; i++) {
            Long version = i % 3 == 0
                    ? store.<Long>read(key(i), (value, v) -> v)
                    : Long.valueOf(store.getEntry(key(i)).version());
            assertNotNull(version);
            long firstOfItsBatch = version - i;
            assertTrue(firstOfItsBatch >= first, "key " + i + " is older than the key before it");
            first = firstOfItsBatch;
        }
    }

    /** Amounts are moved between accounts; whoever finds that all accounts had their versions at one moment finds the whole sum. */
    @Test
    void transfersKeepTheSum() throws Exception {
        int accounts = 6;
        int each = 1000;
        for (int i = 0; i < accounts; i++) {
            store.put(key(i), value(i, each));
        }
        AtomicInteger moved = new AtomicInteger();
        AtomicInteger summed = new AtomicInteger();
        BooleanSupplier going = () -> moved.get() < 2000 || summed.get() == 0;
        List<Background<Boolean>> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            int thread = t;
            threads.add(Background.start(() -> {
                for (int i = 0; going.getAsBoolean(); i++) {
                    int from = (i + thread) % accounts;
                    int to = (from + 1 + i % (accounts - 1)) % accounts;
                    moved.addAndGet(transfer(from, to, 1 + i % 7) ? 1 : 0);
                }
            }));
        }
        threads.add(Background.start(() -> {
            while (going.getAsBoolean()) {
                Batch unchanged = new Batch();
                int sum = 0;
                for (int i = 0; i < accounts; i++) {
                    Entry account = store.getEntry(key(i));
                    unchanged.require(key(i), account.version());
                    sum += amount(account);
                }
                if (store.apply(unchanged).applied()) {
                    assertEquals(accounts * each, sum);
                    summed.incrementAndGet();
                }
            }
        }));
        threads.add(Background.start(() -> {
            while (going.getAsBoolean()) {
                store.merge();
            }
        }));
        for (Background<Boolean> thread : threads) {
            thread.join();
        }
        assertTrue(summed.get() > 0);
        int sum = 0;
        for (int i = 0; i < accounts; i++) {
            sum += amount(store.getEntry(key(i)));
        }
        assertEquals(accounts * each, sum);
    }

    private static int amount(Entry account) {
        return ByteBuffer.wrap(account.value()).getInt(4);
    }

    private boolean transfer(int from, int to, int amount) {
        Entry source = store.getEntry(key(from));
        Entry target = store.getEntry(key(to));
        return store.apply(new Batch()
                        .require(key(from), source.version())
                        .require(key(to), target.version())
                        .put(key(from), value(from, amount(source) - amount))
                        .put(key(to), value(to, amount(target) + amount)))
                .applied();
    }
}
