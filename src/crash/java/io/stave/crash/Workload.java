package io.stave.crash;

import io.stave.CorruptionException;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreFailedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The child: opens a store and puts, overwrites, deletes, compares and sets, applies batches, reads and merges, with all threads at once, until it is
 * told to stop or dies. It must be possible to kill it at any moment: what it must account for is in its journals by then.
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
        List<Thread> threads = threads(run);
        Thread orders = new Thread(() -> takeOrders(run), "orders");
        orders.setDaemon(true);
        orders.start();
        Run.say(Run.READY, threads.size() + " threads"); // before they start: the first step of one may be the end
        threads.forEach(Thread::start);
        run.awaitEnd();
        for (Thread thread : threads) {
            thread.join();
        }
        try {
            store.close();
            Run.say(Run.CLOSED, "");
        } catch (StoreFailedException e) {
            run.stopped(e); // closed nevertheless
            Run.say(Run.CLOSED, "without a last force");
        }
    }

    private static List<Thread> threads(Run run) throws IOException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < run.settings.writers(); i++) {
            threads.add(new Thread(new Writer(run, i), "writer-" + i));
        }
        for (int i = 0; i < run.settings.readers(); i++) {
            threads.add(new Thread(new Reader(run, i), "reader-" + i));
        }
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
            } catch (StaveException e) {
                run.trouble("merge", e);
            } catch (RuntimeException | Error e) {
                run.violation("merge " + e);
                return;
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
