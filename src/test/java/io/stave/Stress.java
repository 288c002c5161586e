package io.stave;

import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * Lincheck's stress, within a time. Its threads meet several times in each invocation. Where something else runs on the same processors a
 * meeting takes a time slice, and all of them together fifteen times as long as on an idle machine.
 */
public final class Stress {

    private static final long NANOS = TimeUnit.SECONDS.toNanos(Long.getLong("stave.stress.seconds", 20));

    private Stress() {}

    /**
     * Checks each scenario with so many invocations, a tenth of them at a time, until the time is over; says so if it has
     * done fewer.
     */
    public static void check(StressOptions options, int invocations, Class<?> test) {
        int tenth = Math.max(1, invocations / 10);
        options.invocationsPerIteration(tenth);
        long end = System.nanoTime() + NANOS;
        int done = 0;
        do {
            options.check(test);
            done += tenth;
        } while (done < invocations && System.nanoTime() - end < 0);
        if (done < invocations) {
            System.out.printf(
                    "%s: %,d of %,d invocations of each scenario, for the processors are busy%n",
                    test.getSimpleName(), done, invocations);
        }
    }
}
