package io.stave.engine.damage;

import io.stave.Entry;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.ReadOnlyStave;
import io.stave.Snapshot;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StaveReader;
import io.stave.engine.support.Silence;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A process of its own, since the wrong code would kill it: cuts a segment off under the mappings of open stores, and reads on.
 *
 * <p>It is to be interpreted. Compiled code on Java 17 throws the {@link InternalError} of the platform late, wherever it is by then; so what
 * can be shown there is only that it is caught where it comes at once.
 */
final class CutUnderMapping {

    private static final int KEYS = 60;
    private static final int ROUNDS = 3;

    private CutUnderMapping() {}

    private static byte[] key(int i) {
        return new byte[] {(byte) i};
    }

    private static byte[] value(int i) {
        byte[] value = new byte[i % 3 == 0 ? 100 : 20_000];
        Arrays.fill(value, (byte) i);
        return value;
    }

    /** The path of a store to be made. */
    public static void main(String[] arguments) throws IOException {
        Silence.please();
        Path path = Path.of(arguments[0]);
        Options options = Options.defaults().mergePolicy(MergePolicy.manual());
        try (Stave store = Stave.open(path, options)) {
            for (int i = 0; i < KEYS; i++) {
                store.put(key(i), value(i));
            }
        }
        try (Stave store = Stave.open(path, options);
                ReadOnlyStave reader = Stave.openReadOnly(path, options)) {
            store.put(key(0), value(0)); // so that there is something to merge
            try (FileChannel file = FileChannel.open(path.resolve(SegmentNames.segment(1)), StandardOpenOption.WRITE)) {
                file.truncate(file.size() / 2);
            }
            for (int round = 0; round < ROUNDS; round++) {
                read(store);
                read(reader);
            }
            walk(store);
            System.out.println(store.merge());
            store.put(key(KEYS), value(KEYS));
            read(store);
        }
        System.out.println("DONE");
    }

    private static void read(StaveReader store) {
        int refused = 0;
        for (int i = 0; i < KEYS; i++) {
            try {
                if (!Arrays.equals(value(i), store.get(key(i)))) {
                    throw new AssertionError("key " + i + " is wrong");
                }
            } catch (StaveException e) {
                refused++;
            }
        }
        if (refused == 0 || refused == KEYS) {
            throw new AssertionError(refused + " of " + KEYS + " were refused");
        }
    }

    private static void walk(Stave store) {
        try (Snapshot snapshot = store.snapshot();
                Snapshot.Cursor<Entry> entries = snapshot.entries()) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                if (!Arrays.equals(value(entry.key()[0]), entry.value())) {
                    throw new AssertionError("key " + entry.key()[0] + " is wrong");
                }
            }
            throw new AssertionError("the walk has not noticed");
        } catch (StaveException e) {
            System.out.println(e);
        }
    }
}
