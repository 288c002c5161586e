package io.stave.crash;

import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StoreFullException;
import io.stave.WriteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fills a small volume to its end, empties the store and fills it again, while somebody reads; once while another program has taken every byte
 * that was left. Before that another one takes them while the store counts on them. Runs in a {@link Namespace}.
 */
public final class FullDisk {

    private static final int ROUNDS = 3;

    /** In this round another program takes what is left: the store is opened, emptied and filled again like that. */
    private static final int CROWDED = 2;

    /** So many writes are refused when another program takes the room by surprise. */
    private static final int SURPRISES = 10;

    /** One write in so many is forced: there is no crash here, and each force takes a while. */
    private static final int FORCED = 16;

    /** The reader's, between two reads. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** If the background has not merged anything for so long, there is nothing to be merged. */
    private static final long REFUSED_FOR_GOOD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Path path;
    private final Path others;
    private final Options options;
    private final boolean byHand;
    private final int longestValue;
    private final SplittableRandom random;

    /** What was acknowledged: key number to the count of its newest value, and the value's length. */
    private final Map<Integer, Long> acknowledged = new TreeMap<>();

    private final Map<Integer, Integer> lengths = new TreeMap<>();
    private final List<String> told = new ArrayList<>();
    private volatile int nextKey;
    private long count;

    /** Open, but for a moment: then the reader waits for the lock. */
    private Stave store;

    private final ReentrantLock opening = new ReentrantLock();

    private FullDisk(Path volume, Options options, int longestValue, long seed) {
        this.path = volume.resolve("store");
        this.others = volume.resolve("others");
        this.byHand = !options.mergePolicy().isAutomatic();
        this.longestValue = longestValue;
        this.random = new SplittableRandom(seed);
        this.options = options;
        this.store = Stave.open(path, options);
    }

    /** Arguments: file system, bytes of the volume, segment length, merge policy, longest value, seed, and a directory for the image. */
    public static void main(String[] arguments) throws Exception {
        Path scratch = Path.of(arguments[6]);
        long bytes = Long.parseLong(arguments[1]);
        Volume made;
        try {
            made = arguments[0].equals("tmpfs")
                    ? Volume.tmpfs(scratch, bytes)
                    : Volume.formatUnsafe(arguments[0], scratch, bytes);
        } catch (IOException e) {
            System.out.println(e.getMessage());
            System.exit(Namespace.CANNOT_MOUNT);
            return;
        }
        Options options = Options.defaults()
                .segmentLength(Long.parseLong(arguments[2]))
                .durability(Durability.OS)
                .mergePolicy(arguments[3].equals("manual") ? MergePolicy.manual() : MergePolicy.automatic());
        try (Volume volume = made) {
            FullDisk test =
                    new FullDisk(volume.path(), options, Integer.parseInt(arguments[4]), Long.parseLong(arguments[5]));
            try {
                test.run();
            } finally {
                test.store.close(); // or the volume stays mounted
            }
            System.out.println(
                    "Full disk, " + String.join(" ", Arrays.asList(arguments).subList(0, 5)) + ": "
                            + String.join("; ", test.told) + "; nothing lost. Seed " + arguments[5]);
        } catch (Throwable e) {
            e.printStackTrace(System.out);
            System.exit(1);
        }
    }

    private void run() throws Exception {
        try (Reading reading = new Reading()) {
            surprise();
            int first = 0;
            for (int round = 1; round <= ROUNDS; round++) {
                int filled = fill();
                first = round == 1 ? filled : first;
                check(filled * 3 > first, "round " + round + ": room for " + filled + " keys, at first for " + first);
                verify();
                Files.deleteIfExists(others);
                if (round == CROWDED) {
                    Volume.crowd(others);
                }
                reopen();
                int deleted = empty();
                verify();
                reopen();
                told.add(filled + " keys put, " + deleted + " deleted");
            }
            told.add(reading.reads() + " reads");
        }
        reopen();
        check(store.recoveryReport().clean(), "not a clean close");
        verify();
    }

    private void reopen() {
        opening.lock();
        try {
            store.close();
            store = Stave.open(path, options);
        } finally {
            opening.unlock();
        }
        verify();
    }

    /** Another thread, which reads any key: it finds a value that was put there, or none, and never a failure. */
    private final class Reading implements AutoCloseable {
        private final Thread thread = new Thread(this::read, "reader");
        private volatile boolean ended;
        private volatile @Nullable Throwable failure;
        private long reads;

        Reading() {
            thread.start();
        }

        private void read() {
            SplittableRandom any = new SplittableRandom(count);
            try {
                while (!ended) {
                    opening.lock();
                    try {
                        int key = any.nextInt(nextKey + 1);
                        byte[] value = store.get(Values.key(key));
                        long unused = value == null ? 0 : Values.count(key, value);
                        reads++;
                    } finally {
                        opening.unlock();
                    }
                    LockSupport.parkNanos(PAUSE_NANOS); // or it would take a processor of its own
                }
            } catch (Throwable e) {
                failure = e;
            }
        }

        long reads() throws InterruptedException {
            ended = true;
            thread.join();
            check(failure == null, "a reader failed: " + failure);
            return reads;
        }

        @Override
        public void close() throws InterruptedException {
            ended = true;
            thread.join();
        }
    }

    private WriteOptions durability() {
        return random.nextInt(FORCED) == 0
                ? WriteOptions.defaults().durability(Durability.SYNC)
                : WriteOptions.defaults();
    }

    /** Puts new keys, and overwrites one in three, until the disk is full for good; returns how many new ones there was room for. */
    private int fill() {
        int filled = 0;
        long refusedSince = 0;
        long merges = 0;
        List<Integer> keys = new ArrayList<>(acknowledged.keySet());
        while (true) {
            boolean another = keys.isEmpty() || random.nextInt(3) > 0;
            int key = another ? nextKey : keys.get(random.nextInt(keys.size()));
            if (put(key)) {
                if (another) {
                    keys.add(key);
                    filled++;
                }
                refusedSince = 0;
                continue;
            }
            // What was overwritten can be merged: by hand once, or in the background for as long as that goes on.
            long merged = store.stats().merges().count();
            if (refusedSince == 0 || !byHand && merged != merges) {
                refusedSince = System.nanoTime();
                merges = merged;
            } else if (byHand || System.nanoTime() - refusedSince > REFUSED_FOR_GOOD_NANOS) {
                return filled;
            }
            merge();
        }
    }

    /** Puts a value of any length; returns whether there was room for it. */
    private boolean put(int key) {
        int length = random.nextInt(Values.HEADER_LENGTH, longestValue);
        nextKey = Math.max(nextKey, key + 1);
        try {
            store.put(Values.key(key), Values.value(key, ++count, length), durability());
        } catch (StoreFullException e) {
            return false;
        }
        acknowledged.put(key, count);
        lengths.put(key, length);
        return true;
    }

    /** Another program takes all that is left while the store still counts on it, and then gives it back. */
    private void surprise() throws IOException {
        check(put(nextKey), "a put into a new store is refused"); // from now on it thinks that it knows
        Volume.crowd(others);
        int refused = 0;
        while (refused < SURPRISES) {
            refused += put(nextKey) ? 0 : 1;
        }
        verify();
        Files.delete(others);
        check(put(nextKey), "there is room again, and a put is refused");
    }

    private void merge() {
        if (byHand) {
            store.merge();
        } else {
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(1); // between two tries, for which there is no signal
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Deletes three keys of four, in any order, so that no segment dies as a whole. */
    private int empty() {
        List<Integer> keys = new ArrayList<>(acknowledged.keySet());
        Collections.shuffle(keys, new Random(random.nextLong()));
        int deleted = 0;
        for (int key : keys.subList(0, keys.size() * 3 / 4)) {
            delete(key, deleted);
            deleted++;
        }
        return deleted;
    }

    private void delete(int key, int deleted) {
        long refusedSince = 0;
        while (true) {
            try {
                check(store.delete(Values.key(key), durability()) > 0, "key " + key + " is not there");
                acknowledged.remove(key);
                lengths.remove(key);
                return;
            } catch (StoreFullException e) {
                check(deleted > 0, "a full disk keeps even the first delete from succeeding: " + e.getMessage());
                refusedSince = refusedSince == 0 ? System.nanoTime() : refusedSince;
                check(
                        System.nanoTime() - refusedSince < PATIENCE_NANOS,
                        "after " + deleted + " deletes no merge makes room: " + e.getMessage() + "\n" + files()
                                + store.stats());
                merge();
            }
        }
    }

    /** What takes the room. */
    private String files() {
        StringBuilder listing = new StringBuilder();
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.sorted().toList()) {
                listing.append(file.getFileName())
                        .append(' ')
                        .append(Files.size(file))
                        .append('\n');
            }
            return listing.append(Files.getFileStore(path).getUsableSpace())
                    .append(" usable\n")
                    .toString();
        } catch (IOException e) {
            return e + "\n";
        }
    }

    private void verify() {
        check(
                store.stats().keys() == acknowledged.size(),
                store.stats().keys() + " keys, and " + acknowledged.size() + " were acknowledged");
        for (int key = 0; key < nextKey; key++) {
            Long newest = acknowledged.get(key);
            byte[] value = store.get(Values.key(key));
            if (newest == null) {
                check(value == null, "key " + key + " was deleted and is back");
                continue;
            }
            check(value != null, "key " + key + " is lost");
            check(
                    Arrays.equals(Values.value(key, newest, lengths.get(key)), value),
                    "key " + key + " does not have its newest value");
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
