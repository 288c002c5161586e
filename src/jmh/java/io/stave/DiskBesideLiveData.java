package io.stave;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Overwrites a fixed set of keys at random for a while, with the default options, and looks ten times a second how long the files in the
 * directory are together: how much disk there is beside each byte of live data, at the worst moment, merges included.
 *
 * <pre>
 *   java -cp ... io.stave.DiskBesideLiveData DIRECTORY SECONDS LIVE_MIB VALUE_BYTES SYNC|OS|ASYNC THREADS [HOT_SHARE]
 * </pre>
 *
 * Live data are the bytes of the keys and values alone. With a hot share of 0.1, nine writes of ten go to a tenth of the keys. It never deletes
 * the directory, which must be empty.
 */
public final class DiskBesideLiveData {

    private static final int KEY_BYTES = 16;

    private final Path path;
    private final long seconds;
    private final int keys;
    private final int valueBytes;
    private final String mode;
    private final int threads;
    private final double hot;
    private final AtomicLong puts = new AtomicLong();
    private volatile boolean stop;
    private volatile boolean loaded;

    private DiskBesideLiveData(String[] arguments) {
        path = Path.of(arguments[0]);
        seconds = Long.parseLong(arguments[1]);
        valueBytes = Integer.parseInt(arguments[3]);
        keys = (int) ((Long.parseLong(arguments[2]) << 20) / (KEY_BYTES + valueBytes));
        mode = arguments[4];
        threads = Integer.parseInt(arguments[5]);
        hot = arguments.length > 6 ? Double.parseDouble(arguments[6]) : 1;
    }

    public static void main(String[] arguments) throws Exception {
        new DiskBesideLiveData(arguments).run();
    }

    private void run() throws Exception {
        Options options = Options.defaults().durability(mode.equals("OS") ? Durability.OS : Durability.SYNC);
        try (Stave store = Stave.open(path, options)) {
            for (int i = 0; i < keys; i++) {
                store.putAsync(key(i), new byte[valueBytes]);
            }
            store.sync();
            loaded = true;
            List<Thread> writers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int seed = t;
                Thread writer = new Thread(() -> overwrite(store, new SplittableRandom(seed)));
                writer.start();
                writers.add(writer);
            }
            watch(store);
            stop = true;
            for (Thread writer : writers) {
                writer.join();
            }
        }
        System.out.printf(Locale.ROOT, "closed: %.3f%n", (double) length() / live());
    }

    private long live() {
        return (long) keys * (KEY_BYTES + valueBytes);
    }

    private static byte[] key(int i) {
        return ByteBuffer.allocate(KEY_BYTES)
                .putLong(i * 0x9E3779B97F4A7C15L)
                .putInt(i)
                .array();
    }

    private void overwrite(Stave store, SplittableRandom random) {
        byte[] value = new byte[valueBytes];
        while (!stop) {
            int bound = hot < 1 && random.nextInt(10) > 0 ? (int) (keys * hot) : keys;
            byte[] key = key(random.nextInt(bound));
            if (mode.equals("ASYNC")) {
                store.putAsync(key, value);
            } else {
                store.put(key, value);
            }
            puts.incrementAndGet();
        }
    }

    private void watch(Stave store) throws Exception {
        long started = System.nanoTime();
        double worst = 0;
        double sum = 0;
        int samples = 0;
        for (long report = 10; ; ) {
            TimeUnit.MILLISECONDS.sleep(100);
            double ratio = (double) length() / live();
            if (ratio > worst) {
                worst = ratio;
                System.out.println("  " + ratio + " " + breakdown(store));
            }
            sum += ratio;
            samples++;
            long elapsed = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started);
            if (elapsed >= report || elapsed >= seconds) {
                report += 10;
                Stats stats = store.stats();
                System.out.printf(
                        Locale.ROOT,
                        "%4d s: worst %.3f, mean %.3f, %,d puts/s, written %.2f per byte put, %d merges, %d segments, delayed %.1f s%n",
                        elapsed,
                        worst,
                        sum / samples,
                        puts.get() / Math.max(1, elapsed),
                        (double) (stats.bytesWritten() + stats.mergedBytesWritten())
                                / Math.max(1, stats.bytesWritten()),
                        stats.merges(),
                        stats.segments().size(),
                        stats.backPressure().totalNanos() / 1e9);
            }
            if (elapsed >= seconds) {
                return;
            }
        }
    }

    private String breakdown(Stave store) throws IOException {
        long hints = 0, segs = 0, other = 0, n = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                try {
                    long l = Files.size(file);
                    if (file.toString().contains("hint")) hints += l;
                    else if (file.toString().endsWith(".seg")) {
                        segs += l;
                        n++;
                    } else other += l;
                } catch (NoSuchFileException e) {
                }
            }
        }
        Stats stats = store.stats();
        return String.format(
                "segs %.3f (%d) hints %.3f other %.3f listed %.3f (%d) unsealed %d dead %.3f press %d ms",
                (double) segs / live(),
                n,
                (double) hints / live(),
                (double) other / live(),
                (double) stats.diskBytes() / live(),
                stats.segments().size(),
                stats.segments().stream()
                        .filter(s -> s.state() == SegmentStats.State.ACTIVE)
                        .count(),
                (double) stats.deadBytes() / live(),
                stats.backPressure().delayNanos() / 1000000);
    }

    /** What the files hold by their lengths, what was extended ahead included. */
    private long length() throws IOException {
        long length = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                try {
                    length += Files.size(file);
                } catch (NoSuchFileException e) {
                    // It has just been deleted.
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return length;
    }
}
