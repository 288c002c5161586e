package io.stave.crash;

import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StoreFullException;
import java.io.IOException;
import java.io.OutputStream;
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
import java.util.stream.Stream;

/**
 * Fills a small volume to its end, empties the store and fills it again; once while another program has taken every byte that was left. Runs
 * in a {@link Namespace}.
 */
public final class FullDisk {

    private static final int ROUNDS = 4;

    /** In this round another program takes what is left, and the store is opened like that. */
    private static final int CROWDED = 3;

    private static final int LONGEST_VALUE = 1500;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Path path;
    private final Path others;
    private final Options options;
    private final boolean byHand;
    private final SplittableRandom random;

    /** What was acknowledged: key number to the count of its newest value, and the value's length. */
    private final Map<Integer, Long> acknowledged = new TreeMap<>();

    private final Map<Integer, Integer> lengths = new TreeMap<>();
    private final List<String> told = new ArrayList<>();
    private int nextKey;
    private long count;

    private FullDisk(Path volume, long segmentLength, boolean byHand, long seed) {
        this.path = volume.resolve("store");
        this.others = volume.resolve("others");
        this.byHand = byHand;
        this.random = new SplittableRandom(seed);
        this.options = Options.defaults()
                .segmentLength(segmentLength)
                .durability(Durability.SYNC)
                .mergePolicy(byHand ? MergePolicy.manual() : MergePolicy.automatic());
    }

    /** Arguments: file system, bytes of the volume, segment length, merge policy, seed, and a directory for the image. */
    public static void main(String[] arguments) throws Exception {
        Path scratch = Path.of(arguments[5]);
        long bytes = Long.parseLong(arguments[1]);
        Volume made;
        try {
            made = arguments[0].equals("tmpfs")
                    ? Volume.tmpfs(scratch, bytes)
                    : Volume.format(arguments[0], scratch, bytes);
        } catch (IOException e) {
            System.out.println(e.getMessage());
            System.exit(Namespace.CANNOT_MOUNT);
            return;
        }
        try (Volume volume = made) {
            FullDisk test = new FullDisk(
                    volume.path(),
                    Long.parseLong(arguments[2]),
                    arguments[3].equals("manual"),
                    Long.parseLong(arguments[4]));
            test.run();
            System.out.println(
                    "Full disk, " + String.join(" ", Arrays.asList(arguments).subList(0, 4)) + ": "
                            + String.join("; ", test.told) + "; nothing lost. Seed " + arguments[4]);
        } catch (Throwable e) {
            e.printStackTrace(System.out);
            System.exit(1);
        }
    }

    private void run() throws Exception {
        Stave store = Stave.open(path, options);
        int first = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            int filled = fill(store);
            first = round == 1 ? filled : first;
            check(filled * 3 > first, "round " + round + ": room for " + filled + " keys only, at first for " + first);
            verify(store);
            if (round == CROWDED) {
                crowd();
            }
            int deleted = empty(store, round);
            verify(store);
            store.close();
            store = Stave.open(path, options);
            verify(store);
            Files.deleteIfExists(others);
            told.add(filled + " keys put, " + deleted + " deleted");
        }
        store.close();
        try (Stave reopened = Stave.open(path, options)) {
            check(reopened.recoveryReport().clean(), "not a clean close");
            verify(reopened);
        }
    }

    /** Puts new keys, and overwrites one in three, until the disk is full for good; returns how many new ones there was room for. */
    private int fill(Stave store) {
        int filled = 0;
        long refusedSince = 0;
        while (true) {
            boolean another = acknowledged.isEmpty() || random.nextInt(3) > 0;
            int key = another ? nextKey : anyKey();
            int length = random.nextInt(Values.HEADER_LENGTH, LONGEST_VALUE);
            try {
                store.put(Values.key(key), Values.value(key, ++count, length));
                acknowledged.put(key, count);
                lengths.put(key, length);
                nextKey += another ? 1 : 0;
                filled += another ? 1 : 0;
                refusedSince = 0;
            } catch (StoreFullException e) {
                // What was overwritten can be merged: by hand once, or in the background for a while.
                if (refusedSince == 0) {
                    refusedSince = System.nanoTime();
                    merge(store);
                } else if (byHand || System.nanoTime() - refusedSince > TimeUnit.SECONDS.toNanos(1)) {
                    return filled;
                }
            }
        }
    }

    private int anyKey() {
        List<Integer> keys = new ArrayList<>(acknowledged.keySet());
        return keys.get(random.nextInt(keys.size()));
    }

    private void merge(Stave store) {
        if (byHand) {
            store.merge();
        } else {
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(10); // between two tries, for which there is no signal
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Deletes three keys of four: in some order, and in the crowded round the oldest first, so that whole segments die. */
    private int empty(Stave store, int round) {
        List<Integer> keys = new ArrayList<>(acknowledged.keySet());
        if (round != CROWDED) {
            Collections.shuffle(keys, new Random(random.nextLong()));
        }
        int deleted = 0;
        for (int key : keys.subList(0, keys.size() * 3 / 4)) {
            delete(store, key, deleted);
            deleted++;
        }
        return deleted;
    }

    private void delete(Stave store, int key, int deleted) {
        long refusedSince = 0;
        while (true) {
            try {
                check(store.delete(Values.key(key)) > 0, "key " + key + " is not there");
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
                merge(store);
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

    /** Another program takes every byte that is left. */
    private void crowd() throws IOException {
        try (OutputStream file = Files.newOutputStream(others)) {
            byte[] page = new byte[512];
            while (true) {
                file.write(page);
            }
        } catch (IOException e) {
            check(String.valueOf(e.getMessage()).contains("No space left"), "it ends by " + e);
        }
    }

    private void verify(Stave store) {
        check(
                store.stats().keys() == acknowledged.size(),
                store.stats().keys() + " keys, and " + acknowledged.size() + " were acknowledged");
        acknowledged.forEach((key, newest) -> {
            byte[] value = store.get(Values.key(key));
            check(value != null, "key " + key + " is lost");
            check(
                    Arrays.equals(Values.value(key, newest, lengths.get(key)), value),
                    "key " + key + " does not have its newest value");
        });
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
