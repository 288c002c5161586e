package io.stave.engine.stats;

import io.stave.Stats;
import io.stave.engine.base.Health;
import io.stave.engine.base.StoreLog;
import io.stave.engine.base.Worker;
import io.stave.io.NoSpaceException;
import io.stave.io.StoreDirectory;
import io.stave.io.WritableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the STATS file: in each second in which a figure has changed it is replaced by a rename, so that another process can look on and never
 * sees half of one. It is not forced and the store never reads it, so nothing that happens to it does harm. A close removes it; what a crash
 * leaves behind is as old as it says.
 */
public final class StatsFile {

    static final String NAME = "STATS";

    private static final String TEMPORARY_NAME = "STATS.tmp";
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** It takes at most one part in so many of a thread's time: a store of very many segments is told of less often. */
    private static final long SHARE = 50;

    private final StoreDirectory directory;
    private final StoreLog log;
    private final Supplier<Stats> stats;
    private final LongPredicate room;
    private final boolean inline;
    private final Worker worker;

    // The worker only.
    private long due = System.nanoTime();
    private String figures = "";
    private @Nullable String complaint;

    /**
     * Creates it; nothing is written before {@link #start}.
     *
     * @param room whether the disk has so many bytes for it
     */
    public StatsFile(
            StoreDirectory directory, Supplier<Stats> stats, LongPredicate room, Health health, boolean inline) {
        this.directory = directory;
        this.log = new StoreLog(directory.path());
        this.stats = stats;
        this.room = room;
        this.inline = inline;
        this.worker = new Worker("stave-stats", health, inline, this::replaceWhenDue);
    }

    /** A store that runs inline, for a simulation, has no such file, and neither has one for which there is no thread to be had. */
    public void start() {
        try {
            worker.start();
        } catch (OutOfMemoryError e) {
            complain(e);
        }
    }

    /** Ends the thread and removes the file. */
    public void close() {
        worker.close();
        if (!inline) {
            delete(TEMPORARY_NAME);
            delete(NAME);
        }
    }

    private void delete(String name) {
        try {
            directory.delete(name);
        } catch (IOException | RuntimeException | Error e) {
            log.debug(name + " stays behind", e);
        }
    }

    private long replaceWhenDue() {
        long started = System.nanoTime();
        if (started - due < 0) {
            return due - started;
        }
        try {
            replace(StatsText.of(stats.get()));
            complaint = null;
        } catch (IOException | RuntimeException | Error e) {
            // Nothing that goes wrong here is the store's concern.
            complain(e);
        }
        long now = System.nanoTime();
        long took = now - started;
        long pause = Math.max(PERIOD_NANOS - took, SHARE * took);
        due = now + pause;
        return pause;
    }

    private void replace(String text) throws IOException {
        String latest = StatsText.figures(text);
        if (latest.equals(figures)) {
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (!room.test(bytes.length)) {
            throw new NoSpaceException(NAME, "what is left is kept for merges and deletes");
        }
        directory.delete(TEMPORARY_NAME);
        try (WritableFile file = directory.create(TEMPORARY_NAME)) {
            file.write(ByteBuffer.wrap(bytes), 0);
        } catch (IOException e) {
            delete(TEMPORARY_NAME);
            throw e;
        }
        directory.rename(TEMPORARY_NAME, NAME);
        figures = latest;
    }

    /** Once is enough: the disk may be full for hours. */
    private void complain(Throwable e) {
        String what = String.valueOf(e);
        if (!what.equals(complaint)) {
            complaint = what;
            log.warn(
                    "STATS cannot be written: " + e
                            + ". That harms nobody but those who look on; see whether the disk is full.",
                    null);
        }
    }
}
