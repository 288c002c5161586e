package io.stave.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Options;
import io.stave.Stave;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that read while the store is written, rolled, merged and unlinked under their hands: never a failure of their own. */
class BesideWriterTest {

    private static final int ROUNDS = 6;

    @TempDir
    Path directory;

    @Test
    void commandsThatReadBesideAWriterFindAllSound() throws InterruptedException {
        Path store = directory.resolve("store");
        AtomicBoolean enough = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Stave open = Stave.open(store, Options.defaults().segmentLength(8192))) {
            Thread writer = new Thread(() -> write(open, enough), "writer");
            writer.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
            open.put(bytes("first"), bytes("of all"));
            writer.start();
            try {
                for (int i = 0; i < ROUNDS || open.stats().merges().count() == 0; i++) {
                    readEverything(store);
                    assertTrue(writer.isAlive(), () -> "the writer failed: " + failure.get());
                }
            } finally {
                enough.set(true);
                writer.join();
            }
        }
        assertEquals(null, failure.get());
        assertEquals(0, Run.of("verify", store).code());
    }

    private void readEverything(Path store) {
        for (List<Object> command : List.<List<Object>>of(
                List.of("verify", store),
                List.of("info", store),
                List.of("hint", "verify", store),
                List.of("segment", "verify", store),
                List.of("scan", store),
                List.of("export", store),
                List.of("stats", store),
                List.of("merge", "--dry-run", store),
                List.of("get", store, "first"),
                List.of("report", "--html", directory.resolve("report.html"), store))) {
            Run run = Run.of(command.toArray());
            assertEquals(0, run.code(), () -> command + "\n" + run.out() + run.err());
        }
    }

    private static void write(Stave store, AtomicBoolean enough) {
        Random random = new Random(7);
        while (!enough.get()) {
            byte[] key = bytes("key-" + random.nextInt(300));
            if (random.nextInt(8) == 0) {
                store.delete(key);
            } else {
                store.put(key, new byte[random.nextInt(400)]);
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
