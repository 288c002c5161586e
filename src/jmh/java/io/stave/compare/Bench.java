package io.stave.compare;

import io.stave.compare.report.Report;
import io.stave.compare.result.Run;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Compares Stave with other stores.
 *
 * <pre>
 *   bench run [--peers=... --works=... --keys=... --value=... --rounds=... --seconds=... --dir=... --out=...]
 *   bench quick [the same]
 *   bench report RUN.json [directory of the pages]
 *   bench all [as run]         run, and write the pages
 * </pre>
 */
public final class Bench {
    private static final String USAGE = """
            ./bench quick                     five minutes: fewer keys, peers and works, one round
            ./bench all                       everything, then docs/PERFORMANCE.md: many hours
            ./bench run [options]             a part, into a JSON file
            ./bench report RUN.json           docs/PERFORMANCE.md and its pictures from that file
            options, with commas between several: --peers= --works= --keys= --value= --rounds= --seconds=
              --timeout=SECONDS --heap=1g --dir=WHERE --out=FILE --jdk=HOME --jdk22=HOME --halodb=JAR
              --wrap='COMMAND that every process is started with, as one that limits its memory'""";

    private Bench() {}

    /** Does what the first word says. Ends with 1 if anything that was to be measured was not, with 2 if not understood. */
    public static void main(String[] args) throws Exception {
        List<String> words = Arrays.asList(args);
        String verb = words.isEmpty() ? "" : words.get(0);
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        try {
            switch (verb) {
                case "run", "quick", "all" -> run(verb, rest);
                case "report" -> report(Path.of(rest.get(0)), Path.of(rest.size() > 1 ? rest.get(1) : "docs"));
                default -> fail(USAGE);
            }
        } catch (IllegalArgumentException | java.util.NoSuchElementException | IndexOutOfBoundsException e) {
            fail(e.getMessage() + System.lineSeparator() + USAGE);
        }
    }

    private static void run(String verb, List<String> words) throws Exception {
        Arguments arguments = Arguments.parse(verb.equals("quick"), words);
        Run run = new Coordinator(arguments, System.out).run();
        System.out.println("results: " + arguments.output());
        if (verb.equals("all")) {
            report(arguments.output(), Path.of("docs"));
        }
        boolean failed = run.measurements().stream()
                .anyMatch(one -> one.status() != io.stave.compare.result.Measurement.Status.OK
                        && one.status() != io.stave.compare.result.Measurement.Status.SKIPPED);
        System.exit(failed ? 1 : 0);
    }

    private static void report(Path json, Path docs) throws Exception {
        new Report(Run.read(json)).write(docs);
        System.out.println("written: " + docs.resolve(Report.PAGE));
    }

    private static void fail(String message) {
        System.err.println(message);
        System.exit(2);
    }
}
