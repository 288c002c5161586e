package io.stave.engine.enumeration;

import io.stave.Batch;
import io.stave.WriteOptions;
import io.stave.engine.model.History.Change;
import io.stave.engine.model.Keys;
import io.stave.engine.support.TestClock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/** Makes what is to be written: values that no two writes share, with lengths that the seed draws. */
final class Changes {

    /** Shorter values are as long as they are asked for. */
    private static final int SHORT = 8;

    private final TestClock clock;
    private final SplittableRandom random;
    private int made;

    Changes(TestClock clock, long seed) {
        this.clock = clock;
        this.random = new SplittableRandom(seed);
    }

    /** A put of a value of about so many bytes, an eighth more or less, that expires after so many milliseconds, or never if that is 0. */
    Change put(int key, int length, int life) {
        if (key == Life.FRESH) {
            throw new IllegalArgumentException("key " + key + " is the judge's");
        }
        int about = length < SHORT ? length : length - length / 8 + random.nextInt(length / 4 + 1);
        return new Change(key, Keys.value(++made, about), life == 0 ? 0 : clock.millis() + life);
    }

    /** A delete. */
    static Change gone(int key) {
        return new Change(key, null);
    }

    /** A batch of changes. */
    static Batch batch(List<Change> changes) {
        Batch batch = new Batch();
        for (Change change : changes) {
            if (change.value() == null) {
                batch.delete(Keys.key(change.key()));
            } else {
                WriteOptions options = WriteOptions.defaults();
                batch.put(
                        Keys.key(change.key()),
                        value(change),
                        change.expiry() == 0 ? options : options.expiry(Instant.ofEpochMilli(change.expiry())));
            }
        }
        return batch;
    }

    /** The value of a put. */
    static byte[] value(Change change) {
        return Objects.requireNonNull(change.value());
    }

    /** A put in words. */
    static String show(Change change) {
        return "key " + change.key() + ", " + value(change).length + " bytes"
                + (change.expiry() == 0 ? "" : " until " + change.expiry());
    }
}
