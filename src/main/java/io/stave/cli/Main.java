package io.stave.cli;

import io.stave.StaveException;
import io.stave.cli.act.CheckpointCommand;
import io.stave.cli.act.MergeCommand;
import io.stave.cli.act.RepairCommand;
import io.stave.cli.act.RestoreCommand;
import io.stave.cli.command.Failed;
import io.stave.cli.data.DeleteCommand;
import io.stave.cli.data.ExportCommand;
import io.stave.cli.data.GetCommand;
import io.stave.cli.data.ImportCommand;
import io.stave.cli.data.PutCommand;
import io.stave.cli.data.ScanCommand;
import io.stave.cli.inspect.InfoCommand;
import io.stave.cli.inspect.StatsCommand;
import io.stave.cli.inspect.VerifyCommand;
import io.stave.cli.report.ReportCommand;
import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Terminal;
import io.stave.cli.terminal.Text;
import io.stave.cli.tour.TourCommand;
import io.stave.cli.tour.TourException;
import io.stave.cli.watch.WatchCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line {@code stave}: finds the command, and turns what comes of it into an exit code. */
@Command(
        name = "stave",
        header = "An embeddable, durable key-value store.",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Main.Version.class,
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "Examples:",
            "  stave tour                  see a store survive SIGKILL",
            "  stave info my-store         what is in it, and why it is so large",
            "  stave verify my-store       is every byte what was written?",
            "  stave hint show my-store 7  can this hint be trusted?",
            "  stave merge my-store        give the space of dead records back",
            "  stave COMMAND --help        what a command does, and how",
            "",
            "Commands that read take no lock and write nothing, also while another process",
            "has the store open for writing.",
            "",
            "Exit codes: 0 fine, 1 failed, 2 usage, 3 corruption found, 4 locked."
        })
public final class Main implements Runnable {

    private static final int USAGE_WIDTH = 80;

    /** Every command by its name, in the order in which the help shows them. */
    static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("get", GetCommand.class);
        COMMANDS.put("put", PutCommand.class);
        COMMANDS.put("delete", DeleteCommand.class);
        COMMANDS.put("scan", ScanCommand.class);
        COMMANDS.put("export", ExportCommand.class);
        COMMANDS.put("import", ImportCommand.class);
        COMMANDS.put("info", InfoCommand.class);
        COMMANDS.put("stats", StatsCommand.class);
        COMMANDS.put("verify", VerifyCommand.class);
        COMMANDS.put("hint", HintCommand.class);
        COMMANDS.put("segment", SegmentCommand.class);
        COMMANDS.put("merge", MergeCommand.class);
        COMMANDS.put("checkpoint", CheckpointCommand.class);
        COMMANDS.put("restore", RestoreCommand.class);
        COMMANDS.put("repair", RepairCommand.class);
        COMMANDS.put("watch", WatchCommand.class);
        COMMANDS.put("report", ReportCommand.class);
        COMMANDS.put("tour", TourCommand.class);
        COMMANDS.put("completion", CompletionCommand.class);
    }

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    private boolean version;

    @Spec
    private @Nullable CommandSpec spec;

    private Main() {}

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "no command given");
    }

    /**
     * Runs a command and ends the process.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        System.exit(run(Terminal.ofThisProcess(), List.of(), arguments));
    }

    /**
     * Runs a command.
     *
     * @param more what may be run beside the commands there are
     * @return the exit code
     */
    static int run(Terminal terminal, List<Object> more, String... arguments) {
        CommandLine commandLine = new CommandLine(new Main(), new Factory(terminal));
        commands(arguments).forEach(commandLine::addSubcommand);
        more.forEach(commandLine::addSubcommand);
        commandLine.setOut(new PrintWriter(terminal.out(), true));
        commandLine.setErr(new PrintWriter(terminal.err(), true));
        commandLine.setColorScheme(
                CommandLine.Help.defaultColorScheme(terminal.outStyle().colour() ? Ansi.ON : Ansi.OFF));
        commandLine.setUsageHelpWidth(USAGE_WIDTH);
        commandLine.setExecutionStrategy(new CommandLine.RunLast());
        commandLine.setParameterExceptionHandler((mistake, ignored) -> {
            complain(terminal, explain(mistake));
            String name = mistake.getCommandLine().getCommandSpec().qualifiedName();
            terminal.err().println("Try '" + name + " --help'.");
            return ExitCode.USAGE;
        });
        commandLine.setExecutionExceptionHandler((failure, ignored, parsed) -> fail(terminal, failure));
        return commandLine.execute(arguments);
    }

    private static @Nullable String explain(ParameterException mistake) {
        boolean command = mistake instanceof UnmatchedArgumentException
                && !mistake.getCommandLine().getSubcommands().isEmpty();
        String word =
                command ? ((UnmatchedArgumentException) mistake).getUnmatched().get(0) : "-";
        if (word.startsWith("-")) {
            return mistake.getMessage();
        }
        List<String> suggestions = ((UnmatchedArgumentException) mistake).getSuggestions();
        return "there is no command '" + word + "'"
                + (suggestions.isEmpty() ? "" : "; did you mean " + String.join(" or ", suggestions) + "?");
    }

    /** To make picocli know a command takes some ten milliseconds: so it hears of all of them only where it must. */
    private static Collection<Class<?>> commands(String[] arguments) {
        Class<?> chosen = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
        return chosen == null || chosen.equals(CompletionCommand.class) ? COMMANDS.values() : List.of(chosen);
    }

    private static int fail(Terminal terminal, Exception failure) {
        if (failure instanceof Failed failed) {
            complain(terminal, failed.getMessage());
            return failed.exitCode();
        }
        if (failure instanceof TourException tour) {
            complain(terminal, tour.getMessage());
            return tour.exitCode();
        }
        if (failure instanceof StaveException || failure instanceof IOException) {
            complain(terminal, failure instanceof IOException ? failure.toString() : failure.getMessage());
        } else {
            complain(terminal, "this is a bug in stave; please report it with what follows");
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            lines(trace.toString()).forEach(terminal.err()::println);
        }
        return ExitCode.of(failure);
    }

    /** Complaints may quote anything: a name of a file, what another process said. */
    private static void complain(Terminal terminal, @Nullable String message) {
        lines(String.valueOf(message))
                .forEach(line -> terminal.err().println(terminal.errStyle().bad("stave: ") + line));
    }

    /** The lines of a text, as they can be shown. */
    private static List<String> lines(String text) {
        return Arrays.stream(text.stripTrailing().split("\r?\n", -1))
                .map(line -> Text.safe(line.replace("\t", "    ")))
                .toList();
    }

    /** Gives each command the terminal to write to. */
    private record Factory(Terminal terminal) implements IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            for (Constructor<?> constructor : type.getConstructors()) {
                if (Arrays.equals(constructor.getParameterTypes(), new Class<?>[] {Terminal.class})) {
                    return type.cast(constructor.newInstance(terminal));
                }
            }
            return CommandLine.defaultFactory().create(type);
        }
    }

    /** What {@code --version} says. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {
                "stave " + (version == null ? "(not packaged)" : version),
                "Java " + Runtime.version() + ", " + System.getProperty("java.vendor")
            };
        }
    }
}
