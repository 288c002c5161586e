package io.stave.keydir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.keydir.chronicle.ChronicleKeydir;
import io.stave.keydir.chronicle.ChronicleMaker;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What only the keydir of whole keys does. */
@NeedsChronicle
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ChronicleKeydirTest {

    private final List<Runnable> retired = new ArrayList<>();
    private final ChronicleMaker maker = new ChronicleMaker(retired::add);
    private final ChronicleKeydir keydir = maker.empty();
    private final Location location = new Location();

    @AfterEach
    void free() {
        maker.close();
    }

    private static Key key(int i, int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(i).nextBytes(bytes);
        ByteBuffer.wrap(bytes).put(0, (byte) i);
        return new KeyRange().at(ByteBuffer.wrap(bytes), 0, length);
    }

    @Test
    void keysOfOneFingerprintAreDifferentKeys() {
        assertFalse(keydir.put(1, 2, key(1, 20), 10, 1, 1, 0, location));
        assertFalse(keydir.put(1, 2, key(2, 20), 20, 1, 1, 0, location));
        assertFalse(keydir.find(1, 2, key(3, 20), location));
        assertFalse(keydir.find(1, 2, key(1, 19), location));
        assertTrue(keydir.remove(1, 2, key(1, 20), location));
        assertEquals(10, location.segment);
        assertTrue(keydir.find(1, 2, key(2, 20), location));
        assertEquals(20, location.segment);
        assertEquals(1, keydir.count());
    }

    /** Maps are made for an average: keys that are longer, much longer or shorter must find room all the same. */
    @Test
    void keysOfEveryLengthHaveRoom() {
        int[] lengths = {1, 65_535, 7, 300, 65_535, 16, 20_000, 1, 4_000};
        for (int i = 0; i < 90; i++) {
            keydir.put(0, i, key(i, lengths[i % lengths.length]), i, i, 1, 0, location);
        }
        for (int i = 90; i < 20_000; i++) {
            keydir.put(0, i, new Fingerprints.Key(0, i), i, i, 1, 0, location);
        }
        for (int i = 0; i < 20_000; i++) {
            Key key = i < 90 ? key(i, lengths[i % lengths.length]) : new Fingerprints.Key(0, i);
            assertTrue(keydir.find(0, i, key, location), "key " + i);
        }
        // Holes of all lengths, and long keys to fill them.
        for (int i = 90; i < 20_000; i += 2) {
            assertTrue(keydir.remove(0, i, new Fingerprints.Key(0, i), location));
        }
        for (int i = 0; i < 200; i++) {
            keydir.put(0, -1 - i, key(i + 1_000, 3_000 + i), i, i, 1, 0, location);
        }
        for (int i = 0; i < 200; i++) {
            assertTrue(keydir.find(0, -1 - i, key(i + 1_000, 3_000 + i), location), "long key " + i);
        }
    }

    /** A reader may be inside a map that was outgrown, until its owner says that none is. */
    @Test
    void outgrownMapsAreFreedByTheirOwnerOnly() {
        for (int i = 0; i < 5_000; i++) {
            keydir.put(0, i, new Fingerprints.Key(0, i), i, i, 1, 0, location);
        }
        assertTrue(retired.size() > 3, retired.size() + " maps were outgrown");
        retired.forEach(Runnable::run);
        retired.clear();
        for (int i = 0; i < 5_000; i++) {
            assertTrue(keydir.find(0, i, new Fingerprints.Key(0, i), location));
        }
        keydir.close();
        assertEquals(1, retired.size(), "the last one");
    }

    /** Growth copies a part of the keydir: a reader of that part goes on meanwhile (I11). */
    @Test
    void readersReadWhileAPartIsCopied() throws InterruptedException {
        int keys = 200_000;
        for (int i = 0; i < keys; i++) {
            keydir.put(0, i, new Fingerprints.Key(0, i), i, i, 1, 0, location);
        }
        int before = retired.size();
        long[] longest = {0};
        CountDownLatch reading = new CountDownLatch(1);
        boolean[] stop = {false};
        Thread reader = new Thread(() -> {
            Location mine = new Location();
            SplittableRandom random = new SplittableRandom(1);
            while (!stopped(stop)) {
                int i = random.nextInt(keys);
                long from = System.nanoTime();
                if (!keydir.find(0, i, new Fingerprints.Key(0, i), mine)) {
                    longest[0] = Long.MAX_VALUE;
                    return;
                }
                longest[0] = Math.max(longest[0], System.nanoTime() - from);
                reading.countDown();
            }
        });
        reader.start();
        reading.await();
        long slowestPut = 0;
        for (int i = keys; retired.size() == before; i++) {
            long from = System.nanoTime();
            keydir.put(0, i, new Fingerprints.Key(0, i), i, i, 1, 0, location);
            slowestPut = Math.max(slowestPut, System.nanoTime() - from);
        }
        synchronized (stop) {
            stop[0] = true;
        }
        reader.join();
        assertTrue(
                longest[0] < slowestPut,
                "the copy took " + slowestPut + " ns, and a read at the most " + longest[0] + " ns");
    }

    private static boolean stopped(boolean[] stop) {
        synchronized (stop) {
            return stop[0];
        }
    }

    /** Reads and writes are as they were; and the mark that a reader inside has left in the memory holds nobody up. */
    @Test
    void copyOfTheMemoryIsTheSameKeydir() {
        for (int i = 0; i < 30_000; i++) {
            Key key = key(i, 1 + i % 40);
            keydir.put(Fingerprints.mix(i), i, new Fingerprints.Key(Fingerprints.mix(i), i), i, i, 1, 0, location);
            assertFalse(keydir.put(~Fingerprints.mix(i), i, key, i, i, 1, 0, location) && i < 40);
        }
        ChronicleKeydir copy = copy(keydir);
        assertEquals(keydir.count(), copy.count());
        assertEquals(keydir.bytes(), copy.bytes());
        for (int i = 0; i < 30_000; i++) {
            long high = Fingerprints.mix(i);
            assertTrue(copy.find(high, i, new Fingerprints.Key(high, i), location));
            assertEquals(i, location.segment);
            assertTrue(copy.replace(high, i, new Fingerprints.Key(high, i), i, i, i + 1, 7));
        }
        for (int i = 0; i < 30_000; i++) {
            long high = Fingerprints.mix(i + 50_000);
            assertFalse(copy.put(high, i, new Fingerprints.Key(high, i), i, i, 1, 0, location));
        }
        assertTrue(keydir.find(Fingerprints.mix(1), 1, new Fingerprints.Key(Fingerprints.mix(1), 1), location));
        assertEquals(1, location.segment, "the first one is not the second");
    }

    private ChronicleKeydir copy(ChronicleKeydir original) {
        KeydirImage image = original.image();
        try (KeydirRestorer<ChronicleKeydir> restorer = maker.restorer()) {
            for (int i = 0; i < image.form().parts(); i++) {
                ByteBuffer description =
                        ByteBuffer.allocate(image.form().descriptionLength()).order(ByteOrder.LITTLE_ENDIAN);
                image.part(i).encode(description);
                assertFalse(description.hasRemaining());
                PartImage part = maker.decode(description.flip());
                ByteBuffer bytes = image.bytes(i);
                assertEquals(part.bytes(), bytes.remaining());
                restorer.part(i, part).put(bytes);
            }
            return restorer.finish();
        }
    }

    /** The library of another release: what it would make of the memory is not known. */
    @Test
    void memoryOfAnotherLayoutIsRefused() {
        keydir.put(0, 1, key(1, 10), 1, 1, 1, 0, location);
        ByteBuffer description =
                ByteBuffer.allocate(keydir.form().descriptionLength()).order(ByteOrder.LITTLE_ENDIAN);
        keydir.image().part(0).encode(description);
        description.putInt(0, description.getInt(0) + 1);
        PartImage other = maker.decode(description.flip());
        try (KeydirRestorer<ChronicleKeydir> restorer = maker.restorer()) {
            assertThrows(IllegalArgumentException.class, () -> restorer.part(0, other));
        }
    }

    @Test
    void moreThanThereIsMemoryForIsSaidAndLeavesTheKeydirAsItWas() {
        try (KeydirFiller<ChronicleKeydir> filler = maker.filler()) {
            filler.expect(1L << 44);
            RecordFeed feed = filler.feed(lost -> {});
            Error e = assertThrows(OutOfMemoryError.class, () -> feed.offer(0, 1, key(1, 10), 1, false, 1, 1, 1, 0));
            assertTrue(
                    e.getMessage().contains("no memory outside the heap for a map of 566935683072 keys"),
                    e::getMessage);
        }
    }

    @Test
    void interruptedThreadReadsAndWrites() {
        Thread.currentThread().interrupt();
        keydir.put(0, 1, key(1, 10), 5, 1, 1, 0, location);
        assertTrue(keydir.find(0, 1, key(1, 10), location));
        assertTrue(Thread.interrupted());
    }

    @Test
    void keyMayBeInAnArrayOrABuffer() {
        byte[] bytes = {9, 1, 2, 3, 9};
        ByteBuffer direct = ByteBuffer.allocateDirect(5).put(bytes).flip();
        keydir.put(0, 1, new KeyRange().at(ByteBuffer.wrap(bytes), 1, 3), 5, 1, 1, 0, location);
        assertTrue(keydir.find(0, 1, new KeyRange().at(direct, 1, 3), location));
        assertFalse(keydir.find(0, 1, new KeyRange().at(direct, 1, 2), location));
        assertArrayEquals(new byte[] {9, 1, 2, 3, 9}, bytes);
    }
}
