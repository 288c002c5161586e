package io.stave.keydir;

/**
 * 96 bits of a keyed hash that stand for a key.
 *
 * <p>Mutable, so that a thread can hash one key after the other into the same object. Not safe for use by several threads at once.
 *
 * @since 0.1
 */
public final class Fingerprint {

    /** The bits that choose stripe and slot, and that order the slots. */
    public long high;

    /** The remaining bits, compared for equality only. */
    public int low;

    /** A fingerprint of zeros, to be filled by {@link KeyHash}. */
    public Fingerprint() {}

    @Override
    public String toString() {
        return String.format("%016x%08x", high, low);
    }
}
