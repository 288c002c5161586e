package io.stave.engine.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.Durability;
import io.stave.Options;
import io.stave.Stave;
import io.stave.engine.support.Background;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checkpoints taken while threads write and the background merges, each restored and compared: of each batch all or nothing, no write
 * that was acknowledged before is missing, and no thread's later write without its earlier ones.
 */
@Timeout(1200)
class CheckpointUnderLoadTest {

    private static final int WRITERS = 3;
    private static final int KEYS = 40;

    /** How many are taken; more with {@code -Dstave.checkpoints=200}. */
    private static final int CHECKPOINTS = Integer.getInteger("stave.checkpoints", 6);

    private static final Options OPTIONS = Options.defaults()
            .segmentLength(1 << 20)
            .durability(Durability.OS)
            .blobThreshold(2000)
            .blobChunkLength(512);

    @TempDir
    Path root;

    private final AtomicLongArray acknowledged = new AtomicLongArray(WRITERS);
    private final AtomicBoolean over = new AtomicBoolean();

    @Test
    void eachIsOneMoment() throws Exception {
        try (Stave store = Stave.open(root.resolve("store"), OPTIONS)) {
            List<Background<Boolean>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                writers.add(Background.start(() -> write(store, writer)));
            }
            try {
                for (int i = 0; i < CHECKPOINTS; i++) {
                    // Every third one into a new directory; the others carry on with what is there.
                    Path checkpoint = root.resolve("checkpoint-" + i / 3);
                    long[] before = new long[WRITERS];
                    for (int writer = 0; writer < WRITERS; writer++) {
                        before[writer] = acknowledged.get(writer);
                    }
                    store.checkpoint(checkpoint);
                    Path restored = root.resolve("restored");
                    Stave.restore(checkpoint, restored);
                    verify(restored, before);
                    delete(restored);
                }
            } finally {
                over.set(true);
            }
            for (Background<Boolean> writer : writers) {
                writer.join();
            }
        }
    }

    /** Round {@code n} of a writer puts n under all its keys but one by a batch, and before that under the last one, alone: the first writer as a large value. */
    private void write(Stave store, int writer) {
        for (long round = 1; !over.get(); round++) {
            byte[] value = ByteBuffer.allocate(700).putLong(0, round).array();
            store.put(key(writer, KEYS), Arrays.copyOf(value, writer == 0 ? 5000 : value.length));
            Batch batch = new Batch();
            for (int i = 0; i < KEYS; i++) {
                batch.put(key(writer, i), value);
            }
            assertTrue(store.apply(batch).applied());
            acknowledged.set(writer, round);
        }
    }

    private static void verify(Path restored, long[] before) {
        try (Stave store = Stave.open(restored, OPTIONS)) {
            for (int writer = 0; writer < WRITERS; writer++) {
                byte[] first = store.get(key(writer, 0));
                long round = first == null ? 0 : ByteBuffer.wrap(first).getLong();
                assertTrue(round >= before[writer], "round " + before[writer] + " is missing, found " + round);
                for (int i = 1; i < KEYS; i++) {
                    assertArrayEquals(first, store.get(key(writer, i)), "a part of a batch");
                }
                byte[] alone = store.get(key(writer, KEYS));
                long last = alone == null ? 0 : ByteBuffer.wrap(alone).getLong();
                assertTrue(last == round || last == round + 1, round + " without what was written before: " + last);
            }
        }
    }

    private static byte[] key(int writer, int i) {
        return (writer + "/" + i).getBytes();
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
