package io.stave.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Options;
import io.stave.crash.LargeValueWork.Deed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Values longer than the memory of the processes that write and read them, which are killed half-way. {@code
 * -Dstave.crash.largeBytes=5368709120} makes it a campaign, {@code -Dstave.crash.seed=…} repeats the bytes and the order of one.
 */
class LargeValueCrashIT {

    /** Less than the value: nobody can hold it whole. */
    private static final List<String> LITTLE_MEMORY =
            List.of("-Xmx64m", "-XX:MaxDirectMemorySize=64m", "-XX:TieredStopAtLevel=4");

    private static final long DEFAULT_BYTES = 96L << 20;

    /** A disk, a generator and a digest that together do less than this are broken. */
    private static final long BYTES_A_SECOND = 8L << 20;

    private final long seed = Long.getLong("stave.crash.seed", System.nanoTime());

    /** One byte more: the last chunk is a short one. */
    private final LargeValue value = new LargeValue(seed, Long.getLong("stave.crash.largeBytes", DEFAULT_BYTES) + 1);

    private final Duration patience = Jvm.PATIENCE.plusSeconds(value.length() / BYTES_A_SECOND);

    @Test
    void anUploadGoesOnAfterAKillWithTheChunksThatAreMissing() throws Exception {
        withScratch("upload", scratch -> {
            Path store = scratch.resolve("store");
            int all = value.chunks(Options.defaults().blobChunkLength());
            TreeSet<Integer> acknowledged =
                    chunks(killHalfWay(Deed.UPLOAD, store, value, LargeValueWork.SENT, all / 2));
            TreeSet<Integer> found;
            int sent;
            try (Jvm child = start(Deed.RESUME, store, value)) {
                end(child);
                found = chunks(child.lines(LargeValueWork.FOUND));
                sent = chunks(child.lines(LargeValueWork.SENT)).size();
            }
            assertTrue(found.containsAll(acknowledged), () -> acknowledged + " were acknowledged, found " + found);
            assertTrue(acknowledged.size() < all, "the kill came too late");
            assertEquals(all - found.size(), sent, "only what is missing is sent");
            read(store, value);
            assertEquals(1, count(store, ".blob"));
            assertEquals(0, count(store, ".upload"));
            System.out.println("Upload of " + value.length() + " bytes: killed after " + acknowledged.size() + " of "
                    + all + " chunks, resumed with " + found.size() + ". Seed " + seed);
        });
    }

    @Test
    void aPutThatIsKilledLeavesTheOldValueAndNoFile() throws Exception {
        withScratch("put", scratch -> {
            Path store = scratch.resolve("store");
            try (Jvm child = start(Deed.PUT, store, value)) {
                end(child);
            }
            LargeValue other = new LargeValue(seed + 1, value.length());
            List<String> parts = killHalfWay(Deed.PUT, store, other, LargeValueWork.PART, LargeValueWork.PARTS / 2);
            assertEquals(2, count(store, ".blob"), "the kill came too early or too late");
            read(store, value);
            assertEquals(1, count(store, ".blob"), "the file of the put that was killed is gone");
            System.out.println("Put of " + value.length() + " bytes: killed at " + parts.size() + "/"
                    + LargeValueWork.PARTS + " of another one, the old value is whole. Seed " + seed);
        });
    }

    /** What a test does in its directory. */
    private interface Deeds {
        void in(Path scratch) throws Exception;
    }

    private void withScratch(String name, Deeds deeds) throws Exception {
        Scratch scratch = Scratch.create(name);
        try {
            deeds.in(scratch.path());
        } catch (AssertionError | RuntimeException e) {
            throw scratch.failed("Seed " + seed, e);
        }
        scratch.delete();
    }

    private static Jvm start(Deed deed, Path store, LargeValue value) throws IOException {
        return Jvm.start(LargeValueWork.class, LITTLE_MEMORY, LargeValueWork.arguments(deed, store, value));
    }

    /** Kills a child when it has said a word so often; returns the lines that begin so. */
    private List<String> killHalfWay(Deed deed, Path store, LargeValue value, String word, int times) throws Exception {
        try (Jvm child = start(deed, store, value)) {
            child.await(patience, () -> child.lines(word).size() >= times, times + " times " + word);
            assertEquals(Jvm.KILLED, child.kill(), () -> "ended by itself:\n" + child.output());
            return child.lines(word);
        }
    }

    private void end(Jvm child) throws InterruptedException {
        assertEquals(0, child.join(patience), child::output);
        assertTrue(child.said(Run.CLOSED) && !child.said(Run.VIOLATION), child::output);
    }

    private void read(Path store, LargeValue expected) throws Exception {
        String digest = expected.digest();
        try (Jvm child = start(Deed.READ, store, expected)) {
            end(child);
            assertEquals(List.of(LargeValueWork.STREAMED + ' ' + digest), child.lines(LargeValueWork.STREAMED));
            assertEquals(List.of(LargeValueWork.TRANSFERRED + ' ' + digest), child.lines(LargeValueWork.TRANSFERRED));
        }
    }

    /** The numbers in lines like {@code SENT 7} and {@code FOUND [1, 2]}. */
    private static TreeSet<Integer> chunks(List<String> lines) {
        List<String> words = new ArrayList<>();
        lines.forEach(line -> words.addAll(Arrays.asList(line.split("[^0-9]+"))));
        TreeSet<Integer> numbers = new TreeSet<>();
        words.stream().filter(word -> !word.isEmpty()).map(Integer::valueOf).forEach(numbers::add);
        return numbers;
    }

    private static long count(Path store, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(store)) {
            return files.filter(file -> file.toString().endsWith(suffix)).count();
        }
    }
}
