package io.stave.compare;

import io.stave.compare.report.Report;
import io.stave.compare.result.Measurement.Status;
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
              --onto=RUN.json: goes on with that run, in rounds of its own
              --wrap='COMMAND that every process is started with, as one that limits its memory'""";

    private Bench() {}

    /** Does what the first word says. Ends with 1 if anything that was to be measured was not, with 2 if not understood. */
    public static void main(String[] args) throws Exception {
        List<String> words = Arrays.asList(args);
        String verb = words.isEmpty() ? "" : words.get(0);
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        try {
            switch (verb) {
                case "run" -> end(run(Arguments.parse(rest)));
                case "quick" -> end(run(Arguments.quick(rest)));
                case "all" -> all(rest);
                case "report" -> report(Path.of(rest.get(0)), Path.of(rest.size() > 1 ? rest.get(1) : "docs"));
                default -> fail(USAGE);
            }
        } catch (IllegalArgumentException | java.util.NoSuchElementException | IndexOutOfBoundsException e) {
            fail(e.getMessage() + System.lineSeparator() + USAGE);
        }
    }

    private static Run run(Arguments arguments) throws Exception {
        Run run = new Coordinator(arguments, System.out).run(arguments.before());
        System.out.println("results: " + arguments.output());
        return run;
    }

    private static void all(List<String> words) throws Exception {
        Arguments arguments = Arguments.parse(words);
        run(arguments);
        Run run = run(Arguments.scale(words, arguments.output()));
        report(arguments.output(), Path.of("docs"));
        end(run);
    }

    /** Not quietly, if anything that was to be measured was not. */
    private static void end(Run run) {
        boolean failed = run.measurements().stream()
                .anyMatch(one -> one.status() != Status.OK && one.status() != Status.SKIPPED);
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
