package io.stave.engine.enumeration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.stave.Batch;
import io.stave.BlobUpload;
import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Snapshot;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreFullException;
import io.stave.StoreIOException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.faults.Ceilings;
import io.stave.engine.model.Held;
import io.stave.engine.model.History.Change;
import io.stave.engine.model.Keys;
import io.stave.engine.model.SimulatedProcess;
import io.stave.engine.model.StoreModel;
import io.stave.engine.recovery.KeydirFile;
import io.stave.engine.support.TestClock;
import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreDirectory;
import io.stave.keydir.ChosenKeydir;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A store that does what a script says, on a disk that keeps its history, and takes notes.
 *
 * <p>All of it is repeatable: background work runs in the calling thread, the clock shows what it is told, lengths are drawn by the seed.
 */
final class Life {

    /** Tiny segments; nothing is merged but by the script. */
    static final Options OPTIONS = ChosenKeydir.in(Options.defaults()
            .segmentLength(4096)
            .blobThreshold(3700)
            .blobChunkLength(2048)
            .mergePolicy(MergePolicy.manual()));

    /** Scripts do not use this key. */
    static final int FRESH = 10;

    /** What the clock shows first. */
    private static final long BEGINNING = 1_000_000;

    private static final String STATS_FILE = "STATS.tmp";

    private final TestClock clock = new TestClock(BEGINNING);
    private final Notes notes = new Notes(clock);
    private final Changes changes;
    private final Watch watch = new Watch(() -> StoreModel.contents(store()), this::leftByACrash);
    private final UnaryOperator<StoreDirectory> disguise;
    private final List<Snapshot> snapshots = new ArrayList<>();

    private SimulatedDirectory directory;
    private SimulatedProcess process;
    private @Nullable Stave store;
    private Durability durability = Durability.SYNC;
    private boolean killed;

    /**
     * A life that begins with this on the disk.
     *
     * @param disguise what the store gets to see in place of the disk
     */
    Life(SimulatedDirectory image, long seed, UnaryOperator<StoreDirectory> disguise) {
        this.directory = image.keepHistory();
        this.changes = new Changes(clock, seed);
        this.disguise = disguise;
        this.process = newProcess();
    }

    private SimulatedProcess newProcess() {
        SimulatedProcess created = new SimulatedProcess(disguise.apply(directory));
        created.refuse(STATS_FILE); // which a thread of its own writes now and then
        return created;
    }

    private Map<Integer, Held> leftByACrash() {
        SimulatedDirectory left = directory.afterCrash(CrashState.syncedOnly());
        try (Stave recovered = Engine.open(left, OPTIONS.clock(clock), true)) {
            return StoreModel.contents(recovered);
        }
    }

    private Stave store() {
        return Objects.requireNonNull(store, "the store is closed");
    }

    private void begin(String what, List<Change> changes) {
        notes.begin(directory.operations(), what, changes);
    }

    // ---- the process

    /** Opens the store. */
    void open() {
        open(true);
    }

    /**
     * Opens the store with threads, and has the sealer wait before its first hint, so that what is rolled away from stays unsealed. Nothing is to be appended to a segment that is more than half full: the next one
     * would be created, and nobody knows when.
     */
    void openWithSealerHeld() {
        open(false);
    }

    private void open(boolean inline) {
        process = newProcess();
        process.holdHints(!inline);
        begin("open", List.of());
        StoreDirectory seen = Interposed.before(process, (what, file) -> watch.look());
        Stave opened = Engine.open(seen, OPTIONS.clock(clock), inline);
        store = opened;
        if (killed) {
            notes.mustShow(StoreModel.contents(opened));
            killed = false;
        }
        notes.recovered(StoreModel.contents(opened));
        notes.end();
    }

    /** Closes the store. */
    void close() {
        begin("close", List.of());
        store().close();
        store = null;
        notes.allDurable();
        notes.end();
        assertEquals(List.of(), directory.leaks(), "what a closed store has not given back");
    }

    /** The process dies. The disk goes on with all that was handed to it, forced or not. */
    void kill() throws IOException {
        process.kill();
        abandon();
        killed = true;
    }

    /** The index of the operation that was the last one of the disk. */
    int lastOperation() {
        return directory.operations() - 1;
    }

    /** The power fails and leaves this. */
    void crash(CrashState state) throws IOException {
        SimulatedDirectory left = directory.crash(state);
        process.holdHints(false);
        abandon();
        beginAnew(left);
    }

    /** The power fails in a merge, after so many operations, and leaves this. */
    void crashInMerge(int operations, CrashState state) throws IOException {
        directory.dieAt(directory.operations() + operations);
        assertThrows(StaveException.class, () -> store().merge());
        crash(state);
    }

    /** The hint of the store's oldest segment is lost, or spoilt, and so is what else would be read in its place; the store is closed. */
    void spoilHint(boolean lost) throws IOException {
        SimulatedDirectory image = directory.afterCrash(CrashState.everything());
        String hint = image.list().stream()
                .filter(name -> name.endsWith(".hint"))
                .findFirst()
                .orElseThrow();
        if (lost) {
            image.delete(hint);
        } else {
            spoil(image, hint);
        }
        spoil(image, KeydirFile.NAME);
        beginAnew(image.afterCrash(CrashState.everything()));
    }

    /** The keydir that was left behind is spoilt; the store is closed. */
    void spoilKeydir() throws IOException {
        SimulatedDirectory image = directory.afterCrash(CrashState.everything());
        spoil(image, KeydirFile.NAME);
        beginAnew(image.afterCrash(CrashState.everything()));
    }

    private static void spoil(SimulatedDirectory image, String name) throws IOException {
        byte[] content = image.content(name);
        content[content.length / 2] ^= 1;
        image.damage(name, content);
    }

    /** What came before was only there to lead up to what is on this disk. */
    private void beginAnew(SimulatedDirectory image) {
        try (Stave recovered = Engine.open(image.afterCrash(CrashState.everything()), OPTIONS.clock(clock), true)) {
            notes.recovered(StoreModel.contents(recovered));
        }
        notes.forgetSteps();
        directory = image.keepHistory();
    }

    /** Closing a store whose disk or process is dead fails, and must give everything back all the same. */
    private void abandon() {
        try {
            store().close();
        } catch (StaveException e) {
            // It is dead.
        }
        store = null;
        assertEquals(List.of(), directory.leaks(), "what a closed store has not given back");
    }

    /** Ends the script; what it has left open dies. */
    Recording end(Workload workload, long seed) throws IOException {
        begin("nothing", List.of());
        notes.end();
        Recording recording = new Recording(workload, seed, directory, notes.steps());
        if (store != null) {
            kill();
        }
        return recording;
    }

    // ---- writes

    /** What acknowledgements promise from now on. */
    void promise(Durability promised) {
        durability = promised;
    }

    private WriteOptions how() {
        return WriteOptions.defaults().durability(durability);
    }

    /** A put of about so many bytes, for a batch. */
    Change change(int key, int length) {
        return changes.put(key, length, 0);
    }

    /** The same, that expires after so many milliseconds. */
    Change expiring(int key, int length, int life) {
        return changes.put(key, length, life);
    }

    /** A put of a value of about so many bytes. */
    void put(int key, int length) {
        put(key, length, 0);
    }

    /** The same, that expires after so many milliseconds. */
    void put(int key, int length, int life) {
        Change change = expiring(key, length, life);
        WriteOptions how = change.expiry() == 0 ? how() : how().expiry(Instant.ofEpochMilli(change.expiry()));
        writes("put " + Changes.show(change), List.of(change), () -> store().put(
                        Keys.key(key), Changes.value(change), how));
    }

    /** A put of about so many bytes that arrive in chunks, the last one first. */
    void upload(int key, int length) {
        Change change = change(key, length);
        writes("upload " + Changes.show(change), List.of(change), () -> {
            ByteBuffer value = ByteBuffer.wrap(Changes.value(change));
            try (BlobUpload upload = store().beginUpload(Keys.key(key))) {
                int most = upload.chunkLength();
                for (int i = (value.remaining() - 1) / most; i >= 0; i--) {
                    upload.write(i, value.slice(i * most, Math.min(most, value.remaining() - i * most)));
                }
                return upload.commit(how());
            }
        });
    }

    /** A delete, of a key that is present or absent. */
    void delete(int key) {
        String what = "delete key " + key;
        if (notes.version(key) == 0) {
            refused(what, () -> store().delete(Keys.key(key), how()));
        } else {
            writes(what, List.of(Changes.gone(key)), () -> store().delete(Keys.key(key), how()));
        }
    }

    /** A put on the condition that the key has a version: its own, or another. */
    void compareAndSet(int key, int length, boolean right) {
        Change change = change(key, length);
        long version = notes.version(key);
        String what = "compare and set " + Changes.show(change);
        if (right) {
            writes(what, List.of(change), () -> store().compareAndSet(
                            Keys.key(key), version, Changes.value(change), how()));
        } else {
            refused(what, () -> store().compareAndSet(Keys.key(key), version + 1, Changes.value(change), how()));
        }
    }

    /** The key expires after so many milliseconds from now on, or never if that is 0; it is present. */
    void setExpiry(int key, int life) {
        byte[] value = Objects.requireNonNull(store().get(Keys.key(key)));
        long expiry = life == 0 ? 0 : clock.millis() + life;
        Change change = new Change(key, value, expiry);
        Instant when = life == 0 ? null : Instant.ofEpochMilli(expiry);
        writes("set the expiry of " + Changes.show(change), List.of(change), () -> store().setExpiry(
                        Keys.key(key), when, how()));
    }

    /** A batch. */
    void batch(Change... changes) {
        List<Change> all = Arrays.asList(changes);
        writes("batch of " + all.size(), all, () -> store().apply(Changes.batch(all), how())
                .firstVersion());
    }

    /** A batch with a condition that does not hold. */
    void refusedBatch(Change... changes) {
        List<Change> all = Arrays.asList(changes);
        Batch batch = Changes.batch(all).require(Keys.key(all.get(0).key()), Long.MAX_VALUE);
        refused("refused batch of " + all.size(), () -> store().apply(batch, how())
                .firstVersion());
    }

    /** A put whose append breaks off after so many bytes: it fails, and the store lives on. */
    void putThatBreaksOff(int key, int length, int bytes) {
        Change change = change(key, length);
        begin("put that fails, " + Changes.show(change), List.of(change));
        directory.failAt(1, Fault.shortWrite(bytes));
        assertThrows(StoreIOException.class, () -> store().put(Keys.key(key), Changes.value(change), how()));
        directory.heal();
        notes.failed(List.of(change));
        notes.end();
    }

    /** The disk has so many bytes from now on. */
    void disk(long bytes) {
        directory.capacity(bytes);
    }

    /** Puts values of about so many bytes, over and over, until there is no room for one. */
    void fill(int length) {
        int key = 0;
        while (putIfThereIsRoom(key, length)) {
            key = (key + 1) % FRESH;
        }
    }

    private boolean putIfThereIsRoom(int key, int length) {
        Change change = change(key, length);
        begin("put if there is room, " + Changes.show(change), List.of(change));
        try {
            notes.applied(List.of(change), store().put(Keys.key(key), Changes.value(change), how()));
            notes.allDurable();
            return true;
        } catch (StoreFullException e) {
            notes.failed(List.of(change));
            return false;
        } finally {
            notes.end();
        }
    }

    private void writes(String what, List<Change> changes, LongSupplier call) {
        begin(what, changes);
        if (durability.isSync() && notes.allIsDurable()) {
            watch.begin();
        }
        notes.applied(changes, call.getAsLong());
        watch.end();
        if (durability.isSync()) {
            notes.allDurable();
        }
        notes.end();
    }

    private void refused(String what, LongSupplier call) {
        begin(what, List.of());
        assertEquals(Stave.NO_VERSION, call.getAsLong());
        notes.end();
    }

    /** Forces everything. */
    void sync() {
        begin("sync", List.of());
        store().sync();
        notes.allDurable();
        notes.end();
    }

    // ---- beside the writes

    /** The clock goes on. */
    void advance(int millis) {
        clock.advance(millis);
        notes.clockWentOn();
    }

    /** What has expired is taken out of the keydir. */
    void sweep() {
        does("sweep", () -> store().planMerge());
    }

    /** Merges what is worth it. */
    void merge() {
        does("merge", () -> store().merge());
    }

    /** Merges these segments. */
    void merge(Long... segmentIds) {
        does("merge " + Arrays.toString(segmentIds), () -> store().merge(List.of(segmentIds)));
    }

    /** Opens a snapshot: the files that it sees stay. */
    void snapshot() {
        does("snapshot", () -> snapshots.add(store().snapshot()));
    }

    /** Closes all snapshots. */
    void closeSnapshots() {
        does("close snapshots", () -> {
            snapshots.forEach(Snapshot::close);
            snapshots.clear();
        });
    }

    private void does(String what, Runnable deed) {
        begin(what, List.of());
        deed.run();
        notes.mustShow(StoreModel.contents(store()));
        notes.end();
    }

    /** As if all versions but the last few below the ceiling had been given out. */
    void skipVersions() {
        Ceilings.skipVersions(store());
    }

    /** As if all segment ids but the last few below the ceiling had been used; to be called in the first segment since the open. */
    void skipSegmentIds() {
        Ceilings.skipSegmentIds(store());
    }
}
