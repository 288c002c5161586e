package io.stave.engine;

import io.stave.Durability;
import io.stave.Options;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.engine.support.TestClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
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
 * The clock is one more thing that threads share: every answer could have been given by calls made one after the other, ticks of the clock
 * among them, while sweeps and merges run all the time.
 *
 * <p>As in {@link StoreLincheckTest}, under stress only, and one store serves all invocations.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:1")
@Param(name = "value", gen = IntGen.class, conf = "1:4")
@Param(name = "tick", gen = IntGen.class, conf = "1:3")
public class ExpiryLincheckTest {

    private static final WriteOptions OS = WriteOptions.defaults().durability(Durability.OS);
    private static final TestClock CLOCK = new TestClock(1_700_000_000_000L);

    @TempDir
    static Path path;

    private static @Nullable Stave store;

    private final long begin = CLOCK.millis();

    /** The keys as they are after deleting all. */
    public ExpiryLincheckTest() {
        for (int key = 0; key <= 1; key++) {
            store().delete(key(key), OS);
        }
    }

    @BeforeAll
    static void open() throws IOException {
        store = Stave.open(
                path,
                Options.defaults().segmentLength(4096).durability(Durability.OS).clock(CLOCK));
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
        return ByteBuffer.allocate(4 + 100 * value).putInt(value).array();
    }

    private static int number(byte @Nullable [] value) {
        return value == null ? 0 : ByteBuffer.wrap(value).getInt();
    }

    /** An instant that counts from the beginning of this invocation, so that it means the same whenever the call takes effect. */
    private Instant instant(int tick) {
        return Instant.ofEpochMilli(begin + tick);
    }

    @Operation
    public void tick() {
        CLOCK.advance(1);
    }

    @Operation
    public int get(@Param(name = "key") int key) {
        return number(store().get(key(key)));
    }

    @Operation
    public boolean contains(@Param(name = "key") int key) {
        return store().contains(key(key));
    }

    @Operation
    public void put(@Param(name = "key") int key, @Param(name = "value") int value) {
        store().put(key(key), bytes(value), OS);
    }

    @Operation
    public void putUntil(
            @Param(name = "key") int key, @Param(name = "value") int value, @Param(name = "tick") int tick) {
        store().put(key(key), bytes(value), OS.expiry(instant(tick)));
    }

    @Operation
    public boolean putIfAbsentUntil(
            @Param(name = "key") int key, @Param(name = "value") int value, @Param(name = "tick") int tick) {
        return store().putIfAbsent(key(key), bytes(value), OS.expiry(instant(tick))) > 0;
    }

    @Operation
    public boolean setExpiry(@Param(name = "key") int key, @Param(name = "tick") int tick) {
        return store().setExpiry(key(key), instant(tick), OS) > 0;
    }

    @Operation
    public boolean delete(@Param(name = "key") int key) {
        return store().delete(key(key), OS) > 0;
    }

    @Operation
    public boolean deleteAsync(@Param(name = "key") int key) throws Exception {
        return store().deleteAsync(key(key), OS).get(60, TimeUnit.SECONDS) > 0;
    }

    /** What the operations mean. */
    public static class Model {
        private final Map<Integer, int[]> values = new HashMap<>();
        private int now;

        private int @Nullable [] visible(int key) {
            int[] held = values.get(key);
            return held != null && now < held[1] ? held : null;
        }

        public void tick() {
            now++;
        }

        public int get(int key) {
            int[] held = visible(key);
            return held == null ? 0 : held[0];
        }

        public boolean contains(int key) {
            return visible(key) != null;
        }

        public void put(int key, int value) {
            putUntil(key, value, Integer.MAX_VALUE);
        }

        public void putUntil(int key, int value, int tick) {
            values.put(key, new int[] {value, tick});
        }

        public boolean putIfAbsentUntil(int key, int value, int tick) {
            boolean absent = visible(key) == null;
            if (absent) {
                putUntil(key, value, tick);
            }
            return absent;
        }

        public boolean setExpiry(int key, int tick) {
            int[] held = visible(key);
            if (held != null) {
                putUntil(key, held[0], tick);
            }
            return held != null;
        }

        public boolean delete(int key) {
            boolean present = visible(key) != null;
            values.remove(key);
            return present;
        }

        public boolean deleteAsync(int key) {
            return delete(key);
        }
    }

    @Test
    void everyAnswerIsLinearizableWhileTheClockTicksAndMergesRun() throws Exception {
        StressBesideMerges.check(ExpiryLincheckTest::store, Model.class, ExpiryLincheckTest.class);
    }
}
