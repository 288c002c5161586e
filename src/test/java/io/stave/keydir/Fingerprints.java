package io.stave.keydir;

import java.nio.ByteBuffer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;

/** Fingerprints as they come, and as only one who knew the secret could choose them. */
final class Fingerprints {

    /** Bits of the fingerprint within a stripe. */
    private static final int IN_STRIPE = Long.SIZE - Table.STRIPE_BITS;

    private Fingerprints() {}

    /** One key: where whole keys are held, its bytes are those of its fingerprint. */
    record Key(long high, int low) implements io.stave.keydir.Key {
        @Override
        public int length() {
            return Long.BYTES + Integer.BYTES;
        }

        @Override
        public void copyTo(byte[] target) {
            ByteBuffer.wrap(target).putLong(high).putInt(low);
        }
    }

    /** Makes the key number i, of so many, of one family. */
    interface Family {
        Key key(int i, int count);
    }

    /** Families of keys, from even to hostile. */
    static Arbitrary<Family> families() {
        return Combinators.combine(
                        Arbitraries.of(
                                "even",
                                "one stripe",
                                "same high",
                                "first home",
                                "last home",
                                "one run",
                                "two runs",
                                "edges"),
                        Arbitraries.longs())
                .as(Fingerprints::family);
    }

    /** Counts from one on, large ones as likely as small ones. */
    static Arbitrary<Integer> evenlyUpTo(int most) {
        return Arbitraries.integers()
                .between(1, most)
                .withDistribution(RandomDistribution.uniform())
                .withoutEdgeCases();
    }

    /** The family of that name. */
    static Family family(String name, long seed) {
        long stripe = seed << IN_STRIPE;
        return new Family() {
            @Override
            public Key key(int i, int count) {
                return switch (name) {
                    case "even" -> new Key(mix(seed + i), (int) mix(seed - i));
                    case "one stripe" -> new Key(stripe | mix(seed + i) >>> Table.STRIPE_BITS, i);
                    case "same high" -> new Key(seed, i);
                    case "first home" -> new Key(stripe + 2 + i / 3, i % 3); // 0 and 1 share a place
                    case "last home" -> new Key(stripe + (1L << IN_STRIPE) - 1 - i / 2, i);
                    case "one run" -> new Key(stripe + (1L << IN_STRIPE - 1) + i, 0);
                    case "two runs" -> new Key(stripe + (1L << IN_STRIPE - 2) * (1 + i % 2) + i / 7, i);
                    default -> edge(i);
                };
            }

            @Override
            public String toString() {
                return name + ", seed " + seed;
            }
        };
    }

    /** Around zero, where empty slots are marked, and the signs of the words. */
    private static Key edge(int i) {
        long[] highs = {2, -1, -2, Long.MIN_VALUE, Long.MAX_VALUE, 1L << IN_STRIPE, (1L << IN_STRIPE) - 1, 0};
        return new Key(highs[i % highs.length], i / highs.length % 4 << 30 | i / 32);
    }

    /** The finalizer of SplitMix64. */
    static long mix(long x) {
        long z = x * 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
