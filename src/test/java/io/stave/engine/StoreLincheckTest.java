package io.stave.engine;

import io.stave.Batch;
import io.stave.Durability;
import io.stave.Entry;
import io.stave.Options;
import io.stave.Stave;
import io.stave.WriteOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every answer of the store could have been given by calls made one after the other: writes of all durabilities, batches, conditions and reads, while
 * tiny segments are rolled, sealed and merged all the time.
 *
 * <p>Under stress only: the model checker cannot hold the threads of the store itself. One store serves all invocations, each of which begins
 * with its keys absent.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:2")
@Param(name = "value", gen = IntGen.class, conf = "1:4")
public class StoreLincheckTest {

    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);
    private static final WriteOptions SYNC = WriteOptions.defaults().durability(Durability.SYNC);

    @TempDir
    static Path path;

    private static @Nullable Stave store;

    /** The keys as they are after deleting all. */
    public StoreLincheckTest() {
        for (int key = 0; key <= 2; key++) {
            store().delete(key(key), OS);
        }
    }

    @BeforeAll
    static void open() throws IOException {
        store = Stave.open(path, Options.defaults().segmentLength(4096).durability(Durability.OS));
    }

    @AfterAll
    static void close() {
        store().close();
    }

    private static Stave store() {
        Stave open = store;
        if (open == null) {
            throw new IllegalStateException("not open");
        }
        return open;
    }

    private static byte[] key(int key) {
        return new byte[] {'k', (byte) key};
    }

    private static byte[] bytes(int value) {
        return ByteBuffer.allocate(4 + 10 * value).putInt(value).array();
    }

    private static int number(byte @Nullable [] value) {
        return value == null ? 0 : ByteBuffer.wrap(value).getInt();
    }

    @Operation
    public int get(@Param(name = "key") int key) {
        return number(store().get(key(key)));
    }

    @Operation
    public int lent(@Param(name = "key") int key) {
        Integer read = store().<Integer>read(key(key), (value, version) -> value.getInt());
        return read == null ? 0 : read;
    }

    @Operation
    public boolean contains(@Param(name = "key") int key) {
        return store().contains(key(key));
    }

    @Operation
    public void put(@Param(name = "key") int key, @Param(name = "value") int value) {
        store().put(key(key), bytes(value), value == 1 ? SYNC : OS);
    }

    @Operation
    public void putAsync(@Param(name = "key") int key, @Param(name = "value") int value) throws Exception {
        store().putAsync(key(key), bytes(value), OS).get(60, TimeUnit.SECONDS);
    }

    @Operation
    public boolean delete(@Param(name = "key") int key) {
        return store().delete(key(key), key == 1 ? SYNC : OS) > 0;
    }

    @Operation
    public boolean deleteAsync(@Param(name = "key") int key) throws Exception {
        return store().deleteAsync(key(key), OS).get(60, TimeUnit.SECONDS) > 0;
    }

    @Operation
    public boolean putIfAbsent(@Param(name = "key") int key, @Param(name = "value") int value) {
        return store().putIfAbsent(key(key), bytes(value), OS) > 0;
    }

    /** By value, for versions differ from run to run: reads the version of the expected value, and tries again if it is outdated. */
    @Operation
    public boolean compareAndSet(
            @Param(name = "key") int key, @Param(name = "value") int expected, @Param(name = "value") int value) {
        while (true) {
            Entry entry = store().getEntry(key(key));
            if (entry == null || number(entry.value()) != expected) {
                return false;
            }
            if (store().compareAndSet(key(key), entry.version(), bytes(value), OS) > 0) {
                return true;
            }
        }
    }

    @Operation
    public boolean compareAndDelete(@Param(name = "key") int key, @Param(name = "value") int expected) {
        while (true) {
            Entry entry = store().getEntry(key(key));
            if (entry == null || number(entry.value()) != expected) {
                return false;
            }
            if (store().delete(key(key), entry.version(), OS) > 0) {
                return true;
            }
        }
    }

    /** A batch without conditions; one of the values makes it a group of its own. */
    @Operation
    public void putTwoDeleteThird(@Param(name = "key") int deleted, @Param(name = "value") int value) throws Exception {
        Batch batch = new Batch().delete(key(deleted));
        for (int key = 0; key <= 2; key++) {
            if (key != deleted) {
                batch.put(key(key), value == 4 ? Arrays.copyOf(bytes(value), 150_000) : bytes(value));
            }
        }
        if (value == 2) {
            store().applyAsync(batch, OS).get(60, TimeUnit.SECONDS);
        } else {
            store().apply(batch, value == 1 ? SYNC : OS);
        }
    }

    /** Moves a value from one key to another, if there is one. */
    @Operation
    public boolean move(@Param(name = "key") int from, @Param(name = "key") int to) {
        while (true) {
            Entry source = store().getEntry(key(from));
            Entry target = store().getEntry(key(to));
            if (source == null) {
                return false;
            }
            Batch batch = new Batch()
                    .require(key(from), source.version())
                    .require(key(to), version(target))
                    .delete(key(from))
                    .put(key(to), source.value());
            if (store().apply(batch, OS).applied()) {
                return true;
            }
        }
    }

    /** Reads two keys at one moment: at which both have the version that was read. */
    @Operation
    public boolean equal(@Param(name = "key") int one, @Param(name = "key") int other) {
        while (true) {
            Entry first = store().getEntry(key(one));
            Entry second = store().getEntry(key(other));
            Batch unchanged = new Batch().require(key(one), version(first)).require(key(other), version(second));
            if (store().apply(unchanged).applied()) {
                return number(first == null ? null : first.value()) == number(second == null ? null : second.value());
            }
        }
    }

    private static long version(@Nullable Entry entry) {
        return entry == null ? Stave.NO_VERSION : entry.version();
    }

    /** What the operations mean. */
    public static class Model {
        private final Map<Integer, Integer> values = new HashMap<>();

        public int get(int key) {
            return values.getOrDefault(key, 0);
        }

        public int lent(int key) {
            return get(key);
        }

        public boolean contains(int key) {
            return values.containsKey(key);
        }

        public void put(int key, int value) {
            values.put(key, value);
        }

        public void putAsync(int key, int value) {
            put(key, value);
        }

        public boolean delete(int key) {
            return values.remove(key) != null;
        }

        public boolean deleteAsync(int key) {
            return delete(key);
        }

        public boolean putIfAbsent(int key, int value) {
            return values.putIfAbsent(key, value) == null;
        }

        public boolean compareAndSet(int key, int expected, int value) {
            return values.replace(key, expected, value);
        }

        public boolean compareAndDelete(int key, int expected) {
            return values.remove(key, expected);
        }

        public void putTwoDeleteThird(int deleted, int value) {
            for (int key = 0; key <= 2; key++) {
                values.put(key, value);
            }
            values.remove(deleted);
        }

        public boolean move(int from, int to) {
            Integer moved = values.remove(from);
            if (moved != null) {
                values.put(to, moved);
            }
            return moved != null;
        }

        public boolean equal(int one, int other) {
            return get(one) == get(other);
        }
    }

    @Test
    void everyAnswerIsLinearizableWhileMergesRun() throws Exception {
        StressBesideMerges.check(StoreLincheckTest::store, Model.class, StoreLincheckTest.class);
    }
}
