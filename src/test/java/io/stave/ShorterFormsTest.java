package io.stave;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The default methods of {@link Stave} reach the full form they stand for, with every argument in its place. */
class ShorterFormsTest {
    private static final WriteOptions DEFAULTS = WriteOptions.defaults();
    private static final WriteOptions REFUSE = DEFAULTS.overflow(Overflow.REFUSE);

    private final byte[] key = {1};
    private final byte[] value = {2};
    private final ByteBuffer keyBuffer = ByteBuffer.wrap(new byte[] {3});
    private final ByteBuffer valueBuffer = ByteBuffer.wrap(new byte[] {4});

    private final List<Object> reached = new ArrayList<>();
    private Stave store = recorder(null);

    @BeforeEach
    void forget() {
        reached.clear();
    }

    @Test
    void putWithoutOptionsUsesTheDefaults() {
        store.put(key, value);
        assertReached("put", key, value, DEFAULTS);
        store.put(keyBuffer, valueBuffer);
        assertReached("put", keyBuffer, valueBuffer, DEFAULTS);
    }

    @Test
    void deleteWithoutOptionsUsesTheDefaults() {
        store.delete(key);
        assertReached("delete", key, DEFAULTS);
        store.delete(keyBuffer);
        assertReached("delete", keyBuffer, DEFAULTS);
        store.delete(key, 5);
        assertReached("delete", key, 5L, DEFAULTS);
        store.delete(keyBuffer, 5);
        assertReached("delete", keyBuffer, 5L, DEFAULTS);
    }

    @Test
    void compareAndSetWithoutOptionsUsesTheDefaults() {
        store.compareAndSet(key, 5, value);
        assertReached("compareAndSet", key, 5L, value, DEFAULTS);
        store.compareAndSet(keyBuffer, 5, valueBuffer);
        assertReached("compareAndSet", keyBuffer, 5L, valueBuffer, DEFAULTS);
    }

    @Test
    void putIfAbsentIsACompareAndSetThatExpectsNoVersion() {
        store.putIfAbsent(key, value);
        assertReached("compareAndSet", key, Stave.NO_VERSION, value, DEFAULTS);
        store.putIfAbsent(keyBuffer, valueBuffer);
        assertReached("compareAndSet", keyBuffer, Stave.NO_VERSION, valueBuffer, DEFAULTS);
        store.putIfAbsent(key, value, REFUSE);
        assertReached("compareAndSet", key, Stave.NO_VERSION, value, REFUSE);
        store.putIfAbsent(keyBuffer, valueBuffer, REFUSE);
        assertReached("compareAndSet", keyBuffer, Stave.NO_VERSION, valueBuffer, REFUSE);
    }

    @Test
    void setExpiryWithoutOptionsUsesTheDefaults() {
        Instant expiry = Instant.ofEpochMilli(5);
        store.setExpiry(key, expiry);
        assertReached("setExpiry", key, expiry, DEFAULTS);
        store.setExpiry(keyBuffer, expiry);
        assertReached("setExpiry", keyBuffer, expiry, DEFAULTS);
        store.setExpiry(key, null);
        assertReached("setExpiry", key, null, DEFAULTS);
    }

    @Test
    void asynchronousWritesWithoutOptionsUseTheDefaults() {
        store.putAsync(key, value);
        assertReached("putAsync", key, value, DEFAULTS);
        store.putAsync(keyBuffer, valueBuffer);
        assertReached("putAsync", keyBuffer, valueBuffer, DEFAULTS);
        store.deleteAsync(key);
        assertReached("deleteAsync", key, DEFAULTS);
        store.deleteAsync(keyBuffer);
        assertReached("deleteAsync", keyBuffer, DEFAULTS);
    }

    @Test
    void applyWithoutOptionsUsesTheDefaults() {
        Batch batch = new Batch();
        store.apply(batch);
        assertReached("apply", batch, DEFAULTS);
        store.applyAsync(batch);
        assertReached("applyAsync", batch, DEFAULTS);
    }

    @Test
    void getAllKeepsTheOrderOfTheKeysAndTheGaps() {
        byte[] other = {9};
        store = recorder(key);

        List<byte[]> values = store.getAll(List.of(key, other, key));

        assertEquals(3, values.size());
        assertSame(value, values.get(0));
        assertNull(values.get(1));
        assertSame(value, values.get(2));
    }

    private void assertReached(Object... expected) {
        assertArrayEquals(
                expected, reached.toArray(), () -> "reached " + reached + " instead of " + Arrays.asList(expected));
        reached.clear();
    }

    /** A store that writes down which full form was called; {@code get} finds {@link #value} under {@code present}. */
    private Stave recorder(byte[] present) {
        InvocationHandler handler = (Object proxy, Method method, Object[] arguments) -> {
            if (method.isDefault()) {
                return InvocationHandler.invokeDefault(proxy, method, arguments);
            }
            reached.add(method.getName());
            reached.addAll(Arrays.asList(arguments));
            if (method.getName().equals("get")) {
                return arguments[0] == present ? value : null;
            }
            return method.getReturnType() == long.class ? 1L : null;
        };
        return (Stave) Proxy.newProxyInstance(Stave.class.getClassLoader(), new Class<?>[] {Stave.class}, handler);
    }
}
