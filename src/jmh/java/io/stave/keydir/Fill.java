package io.stave.keydir;

/** Fingerprints without the cost of hashing keys. */
final class Fill {

    private Fill() {}

    /** The finalizer of SplitMix64: a different and evenly spread value for every {@code i}. */
    static long high(long i) {
        long z = i * 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
