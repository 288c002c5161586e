package io.stave.engine.damage;

import io.stave.Batch;
import io.stave.BlobUpload;
import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.WriteOptions;
import io.stave.engine.Engine;
import io.stave.engine.faults.Ceilings;
import io.stave.engine.model.Held;
import io.stave.engine.model.Keys;
import io.stave.engine.support.GateDirectory;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A store on a simulated disk that does what it is told, and notes each state it goes through. */
final class Story {

    /** Tiny segments; nothing is merged but when it is told to. */
    static final Options OPTIONS = Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());

    /** So long that a segment holds thousands of records, and its hint several blocks. */
    static final Options LARGE_SEGMENTS = OPTIONS.segmentLength(384 << 10);

    /** Values of more than 100 bytes are large ones, and lie in files of their own. */
    static final Options LARGE_VALUES = OPTIONS.blobThreshold(100).blobChunkLength(512);

    /** After all tests. */
    private static final Instant FAR = Instant.ofEpochSecond(1L << 33);

    /** Files that decide nothing, as a crash may leave them; the store writes them when it likes, and not always. */
    static final Map<String, String> ADVICE = Map.of(
            "LOCK", "", "OWNER", "pid=1\nhost=here\nsince=2026-01-01T00:00:00Z\n", "STATS", "old", "RESERVE", "0");

    private static final WriteOptions UNFORCED = WriteOptions.defaults().durability(Durability.OS);
    private static final WriteOptions EXPIRING = WriteOptions.defaults().expiry(FAR);

    private static final byte[][] KEYS = new byte[5000][];

    static {
        for (int i = 0; i < KEYS.length; i++) {
            KEYS[i] = i < Keys.COUNT ? Keys.key(i) : (i < 100 ? "key " + i : "a somewhat longer key, " + i).getBytes();
        }
    }

    private final Options options;

    private SimulatedDirectory disk = new SimulatedDirectory();
    private GateDirectory gate = new GateDirectory(disk);
    private GateDirectory.@Nullable Gate sealing;
    private @Nullable Stave store;

    private final Map<Integer, Held> contents = new TreeMap<>();
    private final List<Map<Integer, Held>> states = new ArrayList<>(List.of(Map.of()));

    /** The state that the write of a version has led to. */
    private final TreeMap<Long, Integer> stateOf = new TreeMap<>();

    private final List<Map<String, byte[]>> earlier = new ArrayList<>();

    Story() {
        this(OPTIONS);
    }

    Story(Options options) {
        this.options = options;
    }

    /** The bytes of a key. */
    static byte[] key(int i) {
        return KEYS[i];
    }

    Story open() {
        store = Engine.open(gate, options, true);
        return this;
    }

    /** Opens it so that nothing is sealed from now on: its segments stay as a crash may find them. */
    Story openWithoutSealing() {
        sealing = gate.hold(GateDirectory.Act.CREATE, name -> name.endsWith(".hint.tmp"));
        store = Engine.open(gate, options, false);
        return this;
    }

    private Stave store() {
        Stave open = store;
        if (open == null) {
            throw new IllegalStateException("open it first");
        }
        return open;
    }

    /** A value that no other write has, if it has eight bytes. */
    private byte[] value(int length) {
        return Keys.value(1000 + states.size(), length);
    }

    Story put(int key, int length) {
        byte[] value = value(length);
        return wrote(key, new Held(store().put(key(key), value), value));
    }

    Story putUnforced(int key, int length) {
        byte[] value = value(length);
        return wrote(key, new Held(store().put(key(key), value, UNFORCED), value));
    }

    Story putExpiring(int key, int length) {
        byte[] value = value(length);
        return wrote(key, new Held(store().put(key(key), value, EXPIRING), value, FAR.toEpochMilli()));
    }

    private Story wrote(int key, Held held) {
        contents.put(key, held);
        return reached(held.version());
    }

    /** Begins an upload, and leaves it with a chunk of so many bytes. */
    Story upload(int key, int length) {
        try (BlobUpload upload = store().beginUpload(key(key))) {
            upload.write(0, ByteBuffer.wrap(value(length)));
        }
        return this;
    }

    Story delete(int key) {
        long version = store().delete(key(key));
        contents.remove(key);
        return reached(version);
    }

    /** Puts of all keys but the last, which is deleted. */
    Story batch(int length, int... keys) {
        byte[] value = value(length);
        Batch batch = new Batch();
        int last = keys.length - 1;
        for (int i = 0; i < last; i++) {
            batch.put(key(keys[i]), value);
        }
        batch.delete(key(keys[last]));
        long first = store().apply(batch).firstVersion();
        for (int i = 0; i < last; i++) {
            contents.put(keys[i], new Held(first + i, value));
        }
        contents.remove(keys[last]);
        return reached(first + last);
    }

    private Story reached(long version) {
        stateOf.put(version, states.size());
        states.add(new TreeMap<>(contents));
        return this;
    }

    /** Goes on with the last versions below the ceiling, as after 16 million writes. */
    Story skipVersions() {
        Ceilings.skipVersions(store());
        return this;
    }

    Story merge() {
        store().merge();
        return this;
    }

    /** Keeps a copy of all files as they are now, as a backup does. */
    Story remember() {
        earlier.add(files(disk));
        return this;
    }

    Story close() {
        store().close();
        store = null;
        return restart();
    }

    /** The power fails, and the disk had everything. */
    Story crash() {
        SimulatedDirectory left = disk.crash(CrashState.everything());
        Stave dead = store();
        store = null;
        if (sealing != null) {
            gate.open(sealing);
            sealing = null;
        }
        try {
            dead.close();
        } catch (StaveException ignored) {
            // Its disk is gone.
        }
        disk = left;
        return restart();
    }

    private Story restart() {
        disk = disk.afterCrash(CrashState.everything());
        gate = new GateDirectory(disk);
        return this;
    }

    static Map<String, byte[]> files(SimulatedDirectory disk) {
        Map<String, byte[]> files = new TreeMap<>();
        try {
            for (String name : disk.list()) {
                // The others are written when it pleases a thread, and a seed should give the same each time.
                if (name.equals("MANIFEST") || name.matches("[0-9a-f]{16}\\.(seg|hint|blob|upload)")) {
                    files.put(name, disk.content(name));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return files;
    }

    /** What has become of it. */
    Image end(String name) {
        if (store != null) {
            throw new IllegalStateException("close it, or let it crash");
        }
        Map<String, byte[]> files = files(disk);
        ADVICE.forEach((file, text) -> files.put(file, text.getBytes()));
        return Image.of(name, files, List.copyOf(states), new TreeMap<>(stateOf), List.copyOf(earlier));
    }
}
