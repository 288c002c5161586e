package io.stave.cli;

import io.stave.StaveException;
import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Terminal;
import io.stave.cli.terminal.Text;
import io.stave.cli.tour.TourCommand;
import io.stave.cli.tour.TourException;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

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
            "  stave tour          see a store survive SIGKILL, with files of this machine",
            "  stave tour --help   what a command does, and how",
            "",
            "Exit codes: 0 fine, 1 failed, 2 usage, 3 corruption found, 4 locked."
        })
public final class Main {

    private static final int USAGE_WIDTH = 80;

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

    private Main() {}

    /**
     * Runs a command and ends the process.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        Terminal terminal = Terminal.ofThisProcess();
        System.exit(run(terminal, new TourCommand(terminal), arguments));
    }

    /**
     * Runs a command.
     *
     * @param command what may be run
     * @return the exit code
     */
    static int run(Terminal terminal, Object command, String... arguments) {
        CommandLine commandLine = new CommandLine(new Main()).addSubcommand(command);
        commandLine.setOut(new PrintWriter(terminal.out(), true));
        commandLine.setErr(new PrintWriter(terminal.err(), true));
        commandLine.setColorScheme(
                CommandLine.Help.defaultColorScheme(terminal.outStyle().colour() ? Ansi.ON : Ansi.OFF));
        commandLine.setUsageHelpWidth(USAGE_WIDTH);
        commandLine.setExecutionStrategy(parsed -> {
            if (!parsed.hasSubcommand() && !parsed.isUsageHelpRequested() && !parsed.isVersionHelpRequested()) {
                throw new ParameterException(commandLine, "no command given");
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        commandLine.setParameterExceptionHandler((mistake, ignored) -> {
            complain(terminal, mistake.getMessage());
            String name = mistake.getCommandLine().getCommandSpec().qualifiedName();
            terminal.err().println("Try '" + name + " --help'.");
            return ExitCode.USAGE;
        });
        commandLine.setExecutionExceptionHandler((failure, ignored, parsed) -> fail(terminal, failure));
        return commandLine.execute(arguments);
    }

    private static int fail(Terminal terminal, Exception failure) {
        if (failure instanceof TourException tour) {
            complain(terminal, tour.getMessage());
            return tour.exitCode();
        }
        if (failure instanceof StaveException || failure instanceof IOException) {
            complain(terminal, failure instanceof IOException ? failure.toString() : failure.getMessage());
        } else {
            complain(terminal, "this is a bug in stave; please report it with what follows");
            failure.printStackTrace(terminal.err());
        }
        return ExitCode.of(failure);
    }

    /** Complaints may quote anything: a name of a file, what another process said. */
    private static void complain(Terminal terminal, @Nullable String message) {
        for (String line : String.valueOf(message).split("\n", -1)) {
            terminal.err().println(terminal.errStyle().bad("stave: ") + Text.safe(line.replace("\t", "    ")));
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
