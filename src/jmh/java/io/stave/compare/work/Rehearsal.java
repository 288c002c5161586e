package io.stave.compare.work;

import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Store;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Does with another store of the same peer, which is thrown away, what is about to be measured: what a process loads, unpacks and compiles
 * once is no part of what a peer does all day.
 */
final class Rehearsal {
    private static final int SOME = 64;

    private Rehearsal() {}

    /** Opens a store, empty, and puts and gets one key. */
    static void open(Context context) throws Exception {
        play(context.withKeys(1_000), store -> {
            byte[] key = new byte[Keys.BYTES];
            store.put(key, new byte[context.valueBytes()]);
            if (store.get(key) == null) {
                throw Check.wrong(0);
            }
        });
    }

    /** Puts keys, in the way that is to be measured, for as long as a timed work lasts, or until all were put. */
    static void puts(Context context, boolean sorted) throws Exception {
        play(context, store -> {
            Values values = context.values();
            Keys keys = new Keys(sorted);
            byte[] key = new byte[Keys.BYTES];
            byte[] value = new byte[values.length()];
            Store.Bulk bulk = store.bulk(context.way(), sorted);
            long start = System.nanoTime();
            long length = (long) (context.seconds() * 1e9);
            for (long number = 0; number < context.keyCount(); number++) {
                if (number % SOME == 0 && System.nanoTime() - start > length) {
                    break;
                }
                keys.fill(key, number);
                values.fill(value, number, 0);
                bulk.put(key, value);
            }
            bulk.finish();
        });
    }

    private interface Part {
        void play(Store store) throws Exception;
    }

    private static void play(Context context, Part part) throws Exception {
        Path beside = context.directory().toAbsolutePath().getParent();
        Path directory = Files.createTempDirectory(beside, "rehearsal-");
        try (Store store = context.in(directory).open(Mode.UNFORCED, false)) {
            part.play(store);
        }
        Directories.delete(directory);
        Directories.sync(beside);
    }
}
