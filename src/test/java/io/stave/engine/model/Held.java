package io.stave.engine.model;

import java.util.Arrays;

/**
 * What a key holds.
 *
 * @param version 0 if its writer crashed before it was told
 */
public record Held(long version, byte[] value) {

    @Override
    public boolean equals(Object other) {
        return other instanceof Held that && version == that.version && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(version) + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return "version " + version + ", " + Keys.show(value);
    }
}
