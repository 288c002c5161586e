package io.stave.cli.tour;

import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.cli.terminal.ExitCode;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * The process that writes and is killed. It gets the plan on standard input, and then a byte for each change it has leave
 * to begin, so that it cannot be done before its parent kills it. It reports on standard output what the store has
 * acknowledged. It never closes the store, and never outlives its parent: the end of standard input ends it.
 */
final class ChildMain {

    /** How many threads write at a time, and share forces. */
    static final int WRITERS = 4;

    private final TourPlan plan;
    private final Stave store;
    private final PrintStream reports;
    private final Semaphore leave = new Semaphore(0);

    private ChildMain(TourPlan plan, Stave store, PrintStream reports) {
        this.plan = plan;
        this.store = store;
        this.reports = reports;
    }

    /**
     * Writes until it is killed.
     *
     * @param arguments the directory of the store
     */
    @SuppressWarnings("MustBeClosedChecker") // it is killed with the store open: that is the point
    public static void main(String[] arguments) {
        try {
            DataInputStream orders = new DataInputStream(new BufferedInputStream(System.in));
            TourPlan plan = TourPlan.readFrom(orders);
            Options options = Options.defaults()
                    .durability(Durability.SYNC)
                    .segmentLength(plan.segmentLength())
                    .mergePolicy(MergePolicy.manual());
            Stave store = Stave.open(Path.of(arguments[0]), options);
            new ChildMain(plan, store, System.out).run(orders);
        } catch (Throwable e) {
            die(e);
        }
    }

    private void run(DataInputStream orders) throws InterruptedException {
        Thread listener = new Thread(() -> listen(orders), "orders");
        listener.setDaemon(true);
        listener.start();
        report(Ack.ready());
        Writes writes = new Writes(store, plan);
        inParallel(plan.files().size(), () -> {}, writes::put);
        inParallel(
                plan.changes().size(),
                leave::acquireUninterruptibly,
                i -> change(writes, plan.changes().get(i)));
        listener.join(); // all done and still alive: wait to be killed, or for the end of the parent
    }

    private Ack change(Writes writes, int file) {
        Ack ack = writes.change(file);
        if (ack.kind() == Ack.Kind.DELETE && ack.version() == Stave.NO_VERSION) {
            throw new IllegalStateException("the store says there is no "
                    + plan.files().get(file).name() + ", though it has acknowledged its put");
        }
        return ack;
    }

    /** Leave comes before the choice of what to do with it: n leaves are for the first n changes, and no others. */
    private void inParallel(int count, Runnable leave, IntFunction<Ack> write) throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Thread writer = new Thread(() -> writeAll(next, count, leave, write), "writer-" + i);
            writer.start();
            writers.add(writer);
        }
        for (Thread writer : writers) {
            writer.join();
        }
    }

    private void writeAll(AtomicInteger next, int count, Runnable leave, IntFunction<Ack> write) {
        try {
            while (true) {
                leave.run();
                int i = next.getAndIncrement();
                if (i >= count) {
                    return;
                }
                report(write.apply(i));
            }
        } catch (Throwable e) {
            die(e);
        }
    }

    /** One call of write for each line, so that a kill does not tear it. */
    private void report(Ack ack) {
        byte[] line = (ack.line() + "\n").getBytes(StandardCharsets.US_ASCII);
        synchronized (reports) {
            reports.write(line, 0, line.length);
            reports.flush();
        }
    }

    private void listen(DataInputStream orders) {
        try {
            while (orders.read() >= 0) {
                leave.release();
            }
        } catch (IOException e) {
            // As good as its end: the parent is gone.
        }
        Runtime.getRuntime().halt(ExitCode.FAILED);
    }

    private static void die(Throwable failure) {
        if (failure instanceof StaveException) {
            System.err.println(failure.getMessage());
        } else {
            failure.printStackTrace();
        }
        System.err.flush();
        Runtime.getRuntime().halt(ExitCode.of(failure));
    }
}
