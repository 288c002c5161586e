package io.stave;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A key, its value, the version of the write that put it there, and when it expires if it does. Two entries are equal if their contents are.
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
    private final @Nullable Instant expiry;

    /**
     * Wraps the three, without copying; the value never expires.
     *
     * @param key the key
     * @param value the value
     * @param version version of the write, 1 or more
     * @throws IllegalArgumentException if the version is less than 1
     */
    public Entry(byte[] key, byte[] value, long version) {
        this(key, value, version, null);
    }

    /**
     * Wraps the four, without copying.
     *
     * @param key the key
     * @param value the value
     * @param version version of the write, 1 or more
     * @param expiry from when on the key is absent, or null if the value never expires
     * @throws IllegalArgumentException if the version is less than 1
     */
    public Entry(byte[] key, byte[] value, long version, @Nullable Instant expiry) {
        this.key = Objects.requireNonNull(key, "key");
        this.value = Objects.requireNonNull(value, "value");
        if (version <= Stave.NO_VERSION) {
            throw new IllegalArgumentException("version must be at least 1: " + version);
        }
        this.version = version;
        this.expiry = expiry;
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

    /**
     * {@return from when on the key is absent, in milliseconds as it is kept; null if the value never expires} It is changed
     * by {@link Stave#setExpiry(byte[], Instant)}.
     */
    public @Nullable Instant expiry() {
        return expiry;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Entry that
                && version == that.version
                && Objects.equals(expiry, that.expiry)
                && Arrays.equals(key, that.key)
                && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Objects.hash(version, expiry) + Arrays.hashCode(key)) + Arrays.hashCode(value);
    }

    /** {@return lengths, version and expiry; the contents are left out, for they may be secret or large} */
    @Override
    public String toString() {
        return "Entry[key=" + key.length + " bytes, value=" + value.length + " bytes, version=" + version
                + (expiry == null ? "]" : ", expiry=" + expiry + "]");
    }
}
