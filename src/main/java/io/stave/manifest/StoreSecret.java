package io.stave.manifest;

import java.security.SecureRandom;

/**
 * The 128 random bits that key a store's fingerprints, so that nobody who chooses keys can choose collisions. It never changes, and is not
 * to be shown: {@link #toString} hides it.
 *
 * @param first the first eight bytes on disk, as a little-endian number
 * @param second the next eight bytes on disk, as a little-endian number
 */
public record StoreSecret(long first, long second) {

    /** Draws a new secret. */
    public static StoreSecret random() {
        SecureRandom random = new SecureRandom();
        return new StoreSecret(random.nextLong(), random.nextLong());
    }

    @Override
    public String toString() {
        return "StoreSecret[hidden]";
    }
}
