package io.stave.compare.work;

import io.stave.compare.peer.Store;

/**
 * Gets every key once before anything is timed, so that the data is where the peer reads it from: in the page cache, or in a cache of its own,
 * which every process begins without. The time for it is limited, or a slow peer with many keys would never begin.
 */
final class Walk {
    /** Times as long as a timed work lasts. */
    private static final double LIMIT = 6;

    private static final int SOME = 64;

    private Walk() {}

    static void over(Store store, Context context) throws Exception {
        Values values = context.values();
        Keys keys = new Keys(false);
        byte[] key = new byte[Keys.BYTES];
        long start = System.nanoTime();
        long length = (long) (LIMIT * context.seconds() * 1e9);
        for (long number = 0; number < context.keyCount(); number++) {
            keys.fill(key, number);
            if (!values.belongs(store.get(key), number)) {
                throw Check.wrong(number);
            }
            if (number % SOME == 0 && System.nanoTime() - start > length) {
                return;
            }
        }
    }
}
