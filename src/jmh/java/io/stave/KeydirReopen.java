package io.stave;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * How long a store takes to open after a clean close, and what its keydir takes of memory.
 *
 * <pre>
 *   java -cp ... io.stave.KeydirReopen DIRECTORY COMPACT|CHRONICLE KEYS fill|open|hints
 * </pre>
 *
 * {@code fill} puts so many random keys of 16 bytes with values of 8, and closes; {@code open} opens that, looks up a million of the keys, and as many
 * that are not there, and closes; {@code hints} does so without what the last close left of the keydir. Each is to be run in a process of its own. What
 * is resident is that of the process, less what of it is mapped from files; the directory is not deleted.
 */
public final class KeydirReopen {

    private static final int KEY_BYTES = 16;
    private static final int LOOKUPS = 1_000_000;
    private static final int BATCH = 1_000;

    private final Path path;
    private final Options options;
    private final int keys;

    private KeydirReopen(String[] arguments) {
        path = Path.of(arguments[0]);
        options = Options.defaults().durability(Durability.OS).keydir(Keydir.valueOf(arguments[1]));
        keys = Integer.parseInt(arguments[2]);
    }

    public static void main(String[] arguments) throws IOException {
        KeydirReopen run = new KeydirReopen(arguments);
        switch (arguments[3]) {
            case "fill" -> run.fill();
            case "hints" -> {
                Files.deleteIfExists(run.path.resolve("KEYDIR"));
                run.open();
            }
            default -> run.open();
        }
    }

    private static byte[] key(long i) {
        return ByteBuffer.allocate(KEY_BYTES)
                .putLong(new SplittableRandom(i).nextLong())
                .putLong(i)
                .array();
    }

    private void fill() {
        long started = System.nanoTime();
        try (Stave store = Stave.open(path, options)) {
            Batch batch = new Batch();
            for (int i = 0; i < keys; i++) {
                batch.put(key(i), new byte[Long.BYTES]);
                if (i % BATCH == BATCH - 1) {
                    store.apply(batch);
                    batch = new Batch();
                }
            }
            say("filled", started);
            started = System.nanoTime();
        }
        say("closed", started);
    }

    private void open() throws IOException {
        long before = anonymousBytes();
        long started = System.nanoTime();
        Stave store = Stave.open(path, options);
        say(
                "opened, keydir restored: " + store.recoveryReport().keydirRestored() + ", segments from hints: "
                        + store.recoveryReport().segmentsFromHints(),
                started);
        System.gc();
        long keydir = store.stats().keydir().bytes();
        say(String.format(
                Locale.ROOT,
                "%,d keys: keydir %.1f bytes a key, resident %.1f",
                store.stats().keys(),
                (double) keydir / store.stats().keys(),
                (double) (anonymousBytes() - before) / store.stats().keys()));
        look(store, 0, "hit");
        look(store, 0, "hit again");
        look(store, 1L << 40, "miss");
        started = System.nanoTime();
        store.close();
        say("closed", started);
    }

    private void look(Stave store, long offset, String what) {
        SplittableRandom random = new SplittableRandom(1);
        int found = 0;
        long started = System.nanoTime();
        for (int i = 0; i < LOOKUPS; i++) {
            found += store.contains(key(offset + random.nextInt(keys))) ? 1 : 0;
        }
        say(String.format(
                Locale.ROOT,
                "%s: %d ns a lookup without its record, %,d found",
                what,
                (System.nanoTime() - started) / LOOKUPS,
                found));
    }

    private static long anonymousBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElse(0);
    }

    private static void say(String what, long started) {
        say(String.format(Locale.ROOT, "%s: %,d ms", what, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started)));
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
