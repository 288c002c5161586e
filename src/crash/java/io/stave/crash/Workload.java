package io.stave.crash;

import io.stave.CorruptionException;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreClosedException;
import io.stave.StoreFailedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The child: opens a store and puts, overwrites, deletes, compares and sets, applies batches, reads, takes snapshots and merges, with all threads at once,
 * until it is told to stop or dies. It must be possible to kill it at any moment: what it must account for is in its journals by then.
 *
 * <p>Orders come on the standard input: {@code stop} ends the work and closes the store. The end of the input is the end of the parent,
 * and then of the child.
 */
public final class Workload {

    /** Exit code if the store could not be opened. */
    static final int NOT_OPENED = 4;

    private static final int ORPHAN = 3;

    private Workload() {}

    /** Runs the workload that the arguments describe: those of {@link Settings}. */
    public static void main(String[] arguments) throws Exception {
        Settings settings = Settings.parse(arguments);
        Run.say(Run.OPENING, "epoch " + settings.epoch() + ", seed " + settings.seed());
        Stave store;
        try {
            store = Stave.open(settings.store(), settings.options());
        } catch (StaveException e) {
            Run.say(e instanceof CorruptionException ? Run.VIOLATION : Run.TROUBLE, "open " + e);
            System.exit(NOT_OPENED);
            return;
        }
        Run.say(Run.OPENED, store.recoveryReport().describe());
        Run run = new Run(settings, store);
        List<Thread> writers = writers(run);
        List<Thread> others = others(run);
        Thread orders = new Thread(() -> takeOrders(run), "orders");
        orders.setDaemon(true);
        orders.start();
        Run.say(Run.READY, writers.size() + " writers"); // before they start: the first step of one may be the end
        writers.forEach(Thread::start);
        others.forEach(Thread::start);
        run.awaitEnd();
        join(writers);
        close(run); // while the others are in the middle of something
        join(others);
    }

    private static void close(Run run) {
        try {
            run.store.close();
            Run.say(Run.CLOSED, "");
        } catch (StoreFailedException e) {
            run.stopped(e); // closed nevertheless
            Run.say(Run.CLOSED, "without a last force");
        }
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static List<Thread> writers(Run run) throws IOException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < run.settings.writers(); i++) {
            threads.add(new Thread(new Writer(run, i), "writer-" + i));
        }
        for (int i = 0; i < run.settings.clients(); i++) {
            threads.add(new Thread(new Client(run, i), "client-" + i));
        }
        return threads;
    }

    private static List<Thread> others(Run run) throws IOException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < run.settings.readers(); i++) {
            threads.add(new Thread(new Reader(run, i), "reader-" + i));
        }
        threads.add(new Thread(new Snapshotter(run), "snapshots"));
        if (run.settings.merging()) {
            threads.add(new Thread(() -> merge(run), "merger"));
        }
        return threads;
    }

    private static void merge(Run run) {
        SplittableRandom random = new SplittableRandom(run.settings.seed());
        while (!run.ended()) {
            try {
                run.store.merge();
            } catch (StoreFailedException e) {
                run.stopped(e);
                return;
            } catch (RuntimeException | Error e) {
                if (run.ended() && e instanceof StoreClosedException) {
                    return;
                }
                if (!(e instanceof StaveException)) {
                    run.violation("merge " + e);
                    return;
                }
                run.trouble("merge", e);
            }
            run.pause(random.nextInt(20_000));
        }
    }

    private static void takeOrders(Run run) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            for (String order = in.readLine(); order != null; order = in.readLine()) {
                if (order.equals("stop")) {
                    run.end();
                }
            }
        } catch (IOException e) {
            // As good as the end of the input.
        }
        Runtime.getRuntime().halt(ORPHAN);
    }
}
