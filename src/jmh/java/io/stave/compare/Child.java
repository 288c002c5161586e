package io.stave.compare;

import io.stave.compare.peer.Peers;
import io.stave.compare.peer.Way;
import io.stave.compare.result.Json;
import io.stave.compare.work.Context;
import io.stave.compare.work.Figures;
import io.stave.compare.work.Signals;
import io.stave.compare.work.Works;
import java.nio.file.Path;
import java.util.List;

/** The process in which one work is done: says the figures in one line, or fails with a stack trace. */
public final class Child {
    private Child() {}

    /** Its arguments, in the order that {@link #main} reads them. */
    static List<String> arguments(String work, Context context) {
        return List.of(
                work,
                context.peer().name(),
                context.way().name(),
                context.directory().toString(),
                Long.toString(context.keyCount()),
                Integer.toString(context.valueBytes()),
                Double.toString(context.seconds()),
                Long.toString(context.seed()));
    }

    /** Does the work. */
    public static void main(String[] args) throws Exception {
        Signals.own();
        Context context = new Context(
                Peers.named(args[1]),
                Way.valueOf(args[2]),
                Path.of(args[3]),
                Long.parseLong(args[4]),
                Integer.parseInt(args[5]),
                Double.parseDouble(args[6]),
                Long.parseLong(args[7]));
        try {
            Figures figures = Works.named(args[0]).run(context);
            Signals.say(Signals.RESULT + Json.write(figures.all(), false));
        } catch (Throwable e) {
            e.printStackTrace();
            // Threads that a peer left behind must not keep a failed process alive.
            Runtime.getRuntime().halt(1);
        }
        Runtime.getRuntime().halt(0);
    }
}
