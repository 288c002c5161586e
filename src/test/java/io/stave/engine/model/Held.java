package io.stave.engine.model;

import java.util.Arrays;

/**
 * What a key holds.
 *
 * @param version 0 if its writer crashed before it was told
 * @param expiry in epoch milliseconds, 0 if it never expires
 */
public record Held(long version, byte[] value, long expiry) {

    /** Something that never expires. */
    public Held(long version, byte[] value) {
        this(version, value, 0);
    }

    /** Whether it is not to be seen any more. */
    public boolean expired(long now) {
        return expiry != 0 && expiry <= now;
    }

    /** Whether {@code shown} may be this; what was never acknowledged may have any version. */
    boolean matches(Held shown) {
        return (version == 0 || version == shown.version)
                && expiry == shown.expiry
                && Arrays.equals(value, shown.value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Held that
                && version == that.version
                && expiry == that.expiry
                && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Long.hashCode(version) + Long.hashCode(expiry)) + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return "version " + version + ", " + (expiry == 0 ? "" : "until " + expiry + ", ") + Keys.show(value);
    }
}
