package io.stave;

import java.io.IOException;
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
import java.util.concurrent.atomic.LongAdder;

/**
 * Overwrites a fixed set of keys for a while, with the default options, and looks ten times a second how long the files in the directory are
 * together: how much disk there is for each byte of live data, at the worst moment, merges and what is extended ahead included.
 *
 * <pre>
 *   java -cp ... io.stave.DiskBesideLiveData DIRECTORY SECONDS LIVE_MIB VALUE_BYTES SYNC|OS|ASYNC THREADS [HOT_SHARE [DEAD_RATIO]]
 * </pre>
 *
 * Live data are the bytes of keys and values alone. ASYNC means SYNC durability without waiting for it. With a hot share of 0.1, nine writes of
 * ten go to a tenth of the keys. A dead ratio of 0 is the manual policy. The directory must hold no store; it is not deleted.
 */
public final class DiskBesideLiveData {

    private static final int KEY_BYTES = 16;
    private static final long REPORT_SECONDS = 30;
    private static final int HOT_WRITES_OF_TEN = 9;

    private final Path path;
    private final long seconds;
    private final int keys;
    private final int valueBytes;
    private final String mode;
    private final int threads;
    private final double hot;
    private final Options options;
    private final LongAdder puts = new LongAdder();
    private volatile boolean stop;

    private DiskBesideLiveData(String[] arguments) {
        path = Path.of(arguments[0]);
        seconds = Long.parseLong(arguments[1]);
        valueBytes = Integer.parseInt(arguments[3]);
        keys = (int) ((Long.parseLong(arguments[2]) << 20) / (KEY_BYTES + valueBytes));
        mode = arguments[4];
        threads = Integer.parseInt(arguments[5]);
        hot = arguments.length > 6 ? Double.parseDouble(arguments[6]) : 1;
        double ratio = arguments.length > 7
                ? Double.parseDouble(arguments[7])
                : Options.defaults().mergePolicy().deadRatio();
        options = Options.defaults()
                .durability(mode.equals("OS") ? Durability.OS : Durability.SYNC)
                .mergePolicy(
                        ratio == 0
                                ? MergePolicy.manual()
                                : MergePolicy.automatic().deadRatio(ratio));
    }

    public static void main(String[] arguments) throws Exception {
        new DiskBesideLiveData(arguments).run();
    }

    private void run() throws Exception {
        try (Stave store = Stave.open(path, options)) {
            for (int i = 0; i < keys; i++) {
                store.putAsync(key(i), new byte[valueBytes]);
            }
            store.sync();
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
            store.sync();
        }
        System.out.printf(Locale.ROOT, "closed: %.3f%n", ratio());
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
            boolean anyKey = hot == 1 || random.nextInt(10) >= HOT_WRITES_OF_TEN;
            byte[] key = key(random.nextInt(anyKey ? keys : Math.max(1, (int) (keys * hot))));
            if (mode.equals("ASYNC")) {
                store.putAsync(key, value);
            } else {
                store.put(key, value);
            }
            puts.increment();
        }
    }

    private void watch(Stave store) throws IOException, InterruptedException {
        long started = System.nanoTime();
        double worst = 0;
        double sum = 0;
        int samples = 0;
        for (long report = REPORT_SECONDS; ; ) {
            TimeUnit.MILLISECONDS.sleep(100);
            double ratio = ratio();
            worst = Math.max(worst, ratio);
            sum += ratio;
            samples++;
            long elapsed = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started);
            if (elapsed >= report || elapsed >= seconds) {
                report += REPORT_SECONDS;
                report(store.stats(), elapsed, worst, sum / samples);
            }
            if (elapsed >= seconds) {
                return;
            }
        }
    }

    private void report(Stats stats, long elapsed, double worst, double mean) {
        System.out.printf(
                Locale.ROOT,
                "%4d s: at worst %.3f, on average %.3f times the live data; %,d puts/s, %.2f bytes written for each put,"
                        + " %d rounds, %d segments, writers delayed for %.1f s%n",
                elapsed,
                worst,
                mean,
                puts.sum() / Math.max(1, elapsed),
                (double) (stats.commits().bytesWritten() + stats.merges().bytesWritten())
                        / stats.commits().bytesWritten(),
                stats.merges().count(),
                stats.segments().size(),
                stats.backPressure().totalNanos() / 1e9);
    }

    /** What the files hold by their lengths, beside the live data. */
    private double ratio() throws IOException {
        long length = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                try {
                    length += Files.size(file);
                } catch (NoSuchFileException e) {
                    // It has just been deleted.
                }
            }
        }
        return length / ((double) keys * (KEY_BYTES + valueBytes));
    }
}
