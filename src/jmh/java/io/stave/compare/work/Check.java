package io.stave.compare.work;

import io.stave.compare.peer.Store;
import java.util.SplittableRandom;

/** Looks, outside of what is timed, whether a store holds what it should: no peer is to be fast by being wrong. */
final class Check {
    private static final int SAMPLE = 2_000;

    private Check() {}

    /** Reads a sample of the keys 0 to {@code count} − 1, every byte of it, and of keys that are not there. */
    static void sample(Store store, Keys keys, Values values, long count, long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] key = new byte[Keys.BYTES];
        for (int i = 0; i < SAMPLE; i++) {
            long number = i == 0 ? 0 : i == 1 ? count - 1 : random.nextLong(count);
            keys.fill(key, number);
            if (!values.whole(store.get(key), number)) {
                throw wrong(number);
            }
            keys.fill(key, Keys.ABSENT + number);
            if (store.get(key) != null) {
                throw new WrongAnswerException("a value for key " + (Keys.ABSENT + number) + ", which was never put");
            }
        }
    }

    static WrongAnswerException wrong(long number) {
        return new WrongAnswerException("a wrong value, or none, for key " + number);
    }
}
