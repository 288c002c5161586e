package io.stave.keydir.chronicle;

/**
 * What a map is made for. With one plan the library makes maps of one layout, always.
 *
 * @param entries how many keys
 * @param averageKey their length in bytes, on average
 */
record Plan(long entries, double averageKey) {

    /** The fewest keys that a map is made for: some 20 KiB. */
    private static final long FEWEST = 256;

    /** For so many keys, of so many bytes in all, and half as many again. */
    static Plan roomyFor(long keys, long keyBytes) {
        return new Plan(Math.max(FEWEST, keys + keys / 2), (double) keyBytes / keys);
    }

    /** The same for at least so many keys. */
    Plan atLeast(long keys) {
        return keys > entries ? new Plan(keys, averageKey) : this;
    }

    /** Whether so many keys, of so many bytes in all, are no more than it was made for. */
    boolean holds(long keys, long keyBytes) {
        return keys <= entries && keyBytes <= entries * averageKey;
    }

    /** Whether a map for so few keys would be much smaller. */
    boolean isSparse(long keys) {
        return keys < entries / 4 && entries > FEWEST;
    }

    Plan doubled() {
        return new Plan(2 * entries, averageKey);
    }
}
