package io.stave;

import java.util.Arrays;
import java.util.Objects;

/**
 * A key, its value, and the version of the write that put it there. Two entries are equal if their contents are.
 *
 * <p>The arrays are not copied on the way in or out: whoever holds the entry owns them, and must not change them while
 * the entry is a member of a set or a key of a map. Those from {@link Stave#getEntry(byte[])} are shared with nobody.
 *
 * @since 0.1
 */
public final class Entry {
    private final byte[] key;
    private final byte[] value;
    private final long version;

    /**
     * Wraps the three, without copying.
     *
     * @param key the key
     * @param value the value
     * @param version version of the write, 1 or more
     * @throws IllegalArgumentException if the version is less than 1
     */
    public Entry(byte[] key, byte[] value, long version) {
        this.key = Objects.requireNonNull(key, "key");
        this.value = Objects.requireNonNull(value, "value");
        if (version <= Stave.NO_VERSION) {
            throw new IllegalArgumentException("version must be at least 1: " + version);
        }
        this.version = version;
    }

    /** {@return the key; the same array on each call} */
    public byte[] key() {
        return key;
    }

    /** {@return the value; the same array on each call} */
    public byte[] value() {
        return value;
    }

    /** {@return the version of the write, to be used in {@link Stave#compareAndSet(byte[], long, byte[])}} */
    public long version() {
        return version;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Entry that
                && version == that.version
                && Arrays.equals(key, that.key)
                && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Long.hashCode(version) + Arrays.hashCode(key)) + Arrays.hashCode(value);
    }

    /** {@return lengths and version; the contents are left out, for they may be secret or large} */
    @Override
    public String toString() {
        return "Entry[key=" + key.length + " bytes, value=" + value.length + " bytes, version=" + version + "]";
    }
}
