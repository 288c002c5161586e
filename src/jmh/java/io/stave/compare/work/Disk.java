package io.stave.compare.work;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** How much disk a directory takes: blocks in use, as {@code du} counts them, since files may be sparse. */
final class Disk implements AutoCloseable {
    private static final long PERIOD_MILLIS = 500;

    private final Path directory;
    private final Thread sampler;
    private volatile boolean closed;
    private volatile long peak;

    private Disk(Path directory) {
        this.directory = directory;
        sampler = new Thread(this::sample, "disk");
        sampler.setDaemon(true);
    }

    /** Looks twice a second from now on. */
    static Disk watch(Path directory) {
        Disk disk = new Disk(directory);
        disk.sampler.start();
        return disk;
    }

    static long bytes(Path directory) throws IOException, InterruptedException {
        Process du = new ProcessBuilder("du", "-s", "--block-size=1", directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        // A file that vanished meanwhile makes it exit with 1; the sum is good all the same.
        String said = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        du.waitFor();
        String[] words = said.strip().split("\\s+");
        if (!words[0].matches("\\d+")) {
            throw new IOException("du said nothing of " + directory);
        }
        return Long.parseLong(words[0]);
    }

    private void sample() {
        try {
            while (!closed) {
                peak = Math.max(peak, bytes(directory));
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
            }
        } catch (IOException | InterruptedException e) {
            // Ends the sampling; what was seen is good.
            closed = true;
        }
    }

    long peak() throws IOException, InterruptedException {
        return Math.max(peak, bytes(directory));
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        sampler.interrupt();
        sampler.join();
    }
}
