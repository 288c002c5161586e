package io.stave.crash;

import io.stave.Stave;
import io.stave.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Every command that reads, each in a process of its own, beside a process that writes, rolls, merges and unlinks, and that is closed, killed and
 * opened again. The commands see the store through a mount that is read-only, so that none of them can write to it and be well. Runs in a
 * {@link Namespace}.
 */
public final class Commands {

    private static final int SHORTEST_LIFE_MILLIS = 3_000;
    private static final int LONGEST_LIFE_MILLIS = 15_000;

    /** What says that the one who was asked for is not there at the moment, which is no failure of the command. */
    private static final List<String> GONE = List.of(
            "a merge has just replaced", "the MANIFEST lists no segment", "is active", "no process has", "has no hint");

    private final Path store;
    private final Path view;
    private final Path scratch;
    private final SplittableRandom random;

    private final Map<String, Integer> done = new TreeMap<>();
    private Settings settings;
    private int gone;
    private int kills;
    private int turn;
    private int closes;

    private Commands(Path scratch, long seed) throws IOException {
        this.scratch = scratch;
        this.store = scratch.resolve("store");
        this.view = Files.createDirectory(scratch.resolve("view"));
        this.random = new SplittableRandom(seed);
        // The background merges enough; a thread that merges without end would leave no segment in place for as long as
        // a command takes to start.
        this.settings = Settings.of(store, Files.createDirectory(scratch.resolve("journals-0")), seed)
                .withoutMerge();
    }

    /** Arguments: how many seconds, the seed, and a directory for everything. */
    public static void main(String[] arguments) throws Exception {
        try {
            Commands commands = new Commands(Path.of(arguments[2]), Long.parseLong(arguments[1]));
            Stave.open(commands.store, commands.settings.options()).close();
            if (!commands.mount()) {
                System.exit(Namespace.CANNOT_MOUNT);
            }
            commands.run(Integer.parseInt(arguments[0]));
        } catch (Throwable e) {
            e.printStackTrace(System.out);
            System.exit(1);
        }
    }

    /** Shows the store read-only; returns whether that is possible. */
    private boolean mount() throws IOException, InterruptedException {
        for (List<String> command : List.of(
                List.of("mount", "--bind", store.toString(), view.toString()),
                List.of("mount", "-o", "remount,bind,ro", view.toString()))) {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                System.out.println(said);
                return false;
            }
        }
        try {
            Files.createFile(view.resolve("probe"));
        } catch (IOException e) {
            return true;
        }
        throw new AssertionError("the view can be written to");
    }

    private void run(int seconds) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        TreeSet<String> seen = new TreeSet<>();
        List<List<String>> commands = all();
        // In a short run too, each has had an answer: those that have not go on when the time is over.
        for (int epoch = 1; System.nanoTime() < deadline || done.size() < commands.size(); epoch++) {
            Path journals = Files.createDirectory(scratch.resolve("journals-" + epoch));
            settings = settings.epoch(epoch, journals);
            try (Jvm writer = Jvm.start(Workload.class, List.of(), settings.toArguments())) {
                long end = System.nanoTime()
                        + TimeUnit.MILLISECONDS.toNanos(random.nextInt(SHORTEST_LIFE_MILLIS, LONGEST_LIFE_MILLIS));
                do {
                    command(next(commands, System.nanoTime() >= deadline));
                    seen.addAll(segments());
                } while (System.nanoTime() < (done.size() < commands.size() ? end : Math.min(end, deadline)));
                end(writer);
            }
            Scratch.deleteAll(journals);
        }
        seen.removeAll(segments());
        System.out.println("Commands beside a writer, " + seconds + " s: " + done + "; " + gone
                + " asked for what had just gone; " + kills + " kills, " + closes + " closes, " + seen.size()
                + " segments merged away");
        if (seen.isEmpty()) {
            throw new AssertionError("nothing was merged");
        }
    }

    /** The next in turn; of those only that have not been answered, if the time is over and there are any. */
    private List<String> next(List<List<String>> commands, boolean over) {
        List<String> command;
        do {
            command = commands.get(turn++ % commands.size());
        } while (over && done.size() < commands.size() && done.containsKey(String.join(" ", command)));
        return command;
    }

    private void end(Jvm writer) throws IOException, InterruptedException {
        writer.await(Run.READY);
        if (random.nextBoolean()) {
            if (writer.kill() != Jvm.KILLED) {
                throw new AssertionError("ended by itself:\n" + writer.output());
            }
            kills++;
        } else {
            writer.order("stop");
            writer.await(Run.CLOSED);
            closes++;
        }
        for (String word : List.of(Run.VIOLATION, Run.TROUBLE, Run.STOPPED)) {
            if (writer.said(word)) {
                throw new AssertionError("commands that read were beside, and:\n" + writer.output());
            }
        }
    }

    private static List<List<String>> all() {
        return List.of(
                List.of("verify"),
                List.of("hint", "show", "SEGMENT"),
                List.of("info"),
                List.of("segment", "show", "SEGMENT"),
                List.of("scan"),
                List.of("hint", "dump", "SEGMENT"),
                List.of("export"),
                List.of("segment", "dump", "SEGMENT"),
                List.of("stats"),
                List.of("hint", "verify"),
                List.of("merge", "--dry-run"),
                List.of("hint", "diff", "SEGMENT"),
                List.of("report", "--html", "REPORT"),
                List.of("segment", "verify"),
                List.of("repair", "--dry-run"),
                List.of("watch", "--count=1"),
                List.of("info", "--quick", "--json"),
                List.of("get", "--json", "KEY"));
    }

    private List<String> segments() throws IOException {
        List<String> names = new ArrayList<>();
        try (var files = Files.newDirectoryStream(view, "*.seg")) {
            files.forEach(file -> names.add(String.valueOf(file.getFileName())));
        }
        names.sort(null);
        return names;
    }

    /** Runs a command; anything but an answer, or the word that the one asked for has gone, is a failure. */
    private void command(List<String> words) throws Exception {
        List<String> arguments = new ArrayList<>(words);
        List<String> segments = segments();
        boolean perhaps = arguments.remove("SEGMENT") || arguments.contains("watch");
        boolean key = arguments.remove("KEY");
        arguments.replaceAll(
                word -> word.equals("REPORT") ? scratch.resolve("report.html").toString() : word);
        arguments.add(view.toString());
        if (words.contains("SEGMENT")) {
            if (segments.isEmpty()) {
                return;
            }
            arguments.add(segments.get(random.nextInt(segments.size())));
        }
        if (key) {
            arguments.add("a key that nobody has put");
        }
        try (Jvm command = Jvm.start(Main.class, List.of(), arguments)) {
            int exit = command.join(Duration.ofMinutes(2));
            String said = command.output();
            boolean answered = key ? exit == 1 && said.contains("there is no key") : exit == 0;
            boolean absent = perhaps && exit == 1 && GONE.stream().anyMatch(said::contains);
            if (!(answered || absent) || said.contains("this is a bug")) {
                throw new AssertionError(arguments + " ended with " + exit + ":\n" + said);
            }
            if (answered) {
                done.merge(String.join(" ", words), 1, Integer::sum);
            } else {
                gone++;
            }
        }
    }
}
