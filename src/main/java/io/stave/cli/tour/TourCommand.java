package io.stave.cli.tour;

import io.stave.Stave;
import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stave tour}: what its command line means. */
@Command(
        name = "tour",
        header = "Take a folder through a crash, and show that nothing is lost.",
        description = {
            "",
            "Puts every file of a folder into a store: path to content. A child JVM does the writing, and is killed"
                    + " with SIGKILL while it overwrites half of the files and deletes a tenth. The store is then"
                    + " recovered, merged and reopened; after every step each acknowledged file is compared with the"
                    + " disk byte for byte, and each deleted one is shown to be absent.",
            "",
            "The folder is only read. The store is a temporary one, removed at the end.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stave tour                      the JDK that runs this, and this repository",
            "  stave tour ~/photos             a folder of yours",
            "  stave tour --temp /mnt/disk .   with the store on another disk",
            "",
            "Exits with 0 if nothing is lost, 1 if anything is or it failed, 2 if the",
            "command line makes no sense, 3 if the store is corrupt, 4 if it is locked."
        })
public final class TourCommand implements Callable<Integer> {

    private final Terminal terminal;
    private final Tour.Opener opener;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "DIRECTORY",
            description = "The folder. Default: the lib and conf of the running JDK, and this repository.")
    private @Nullable Path directory;

    @Option(
            names = "--temp",
            paramLabel = "DIR",
            description = "Where the temporary store is made. Default: the system's directory for such files.")
    private @Nullable Path temp;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    /** Writes to a terminal. */
    public TourCommand(Terminal terminal) {
        this(terminal, Stave::open);
    }

    TourCommand(Terminal terminal, Tour.Opener opener) {
        this.terminal = terminal;
        this.opener = opener;
    }

    @Override
    public Integer call() throws IOException {
        Path parent = existing(temp != null ? temp : Path.of(System.getProperty("java.io.tmpdir")));
        TourResult result;
        try (Progress progress = new Progress(terminal)) {
            result = Tour.make(input(progress), parent, opener, progress);
        }
        Summary.of(result, terminal.outStyle()).forEach(terminal.out()::println);
        return result.lost() == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    private TourInput input(Progress progress) throws IOException {
        Path folder = directory == null ? null : existing(directory);
        progress.step("looking for files");
        TourInput input = folder == null ? TourInput.standard() : TourInput.of(folder);
        if (input.files().isEmpty()) {
            StringBuilder message = new StringBuilder(input.origin() + " holds no file that can go into a store");
            Summary.leftOut(input, terminal.errStyle().withoutColour())
                    .forEach(line -> message.append("\n  ").append(line));
            throw usage(message.toString());
        }
        return input;
    }

    private Path existing(Path path) {
        if (!Files.exists(path)) {
            throw usage("there is no " + path);
        }
        if (!Files.isDirectory(path)) {
            throw usage(path + " is not a directory");
        }
        return path;
    }

    private RuntimeException usage(String message) {
        return spec == null
                ? new IllegalArgumentException(message)
                : new ParameterException(spec.commandLine(), message);
    }
}
