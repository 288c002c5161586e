package io.stave.cli.command;

import io.stave.Options;
import io.stave.ReadOnlyStave;
import io.stave.RecoveryProgress;
import io.stave.Stave;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Terminal;
import io.stave.manifest.ManifestFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command on a store: what all of them have on their command lines, and how they open it. */
public abstract class StoreCommand implements Callable<Integer> {

    /** Where to write. */
    protected final Terminal terminal;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(index = "0", paramLabel = "STORE", description = "The directory of the store.")
    private @Nullable Path store;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    /** Writes to a terminal. */
    protected StoreCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public final Integer call() throws IOException {
        try (Progress progress = new Progress(terminal)) {
            return run(progress);
        }
    }

    /**
     * Does what the command is for.
     *
     * @return the exit code
     */
    protected abstract int run(Progress progress) throws IOException;

    /** The path that was given for the store, whatever is there. */
    protected final Path path() {
        return Objects.requireNonNull(store, "picocli sees to it");
    }

    /** The directory of a store that is there, or in which a file lies that was given; a mistake on the command line if there is none. */
    protected final Path store() {
        Path path = path();
        if (isStoreFile(path)) {
            path = Objects.requireNonNullElse(path.getParent(), Path.of(""));
        }
        if (!Files.isDirectory(path)) {
            throw usage(Files.exists(path) ? path + " is not a directory" : "there is no " + path + remedy());
        }
        if (!isStore(path)) {
            throw usage(path + " is not a store: it has no MANIFEST and no segments");
        }
        return path;
    }

    private String remedy() {
        return spec != null && spec.findOption("--create") != null ? "; --create makes it" : "";
    }

    /** What was given to name a segment: in words, or by its file in the place of the store; null if it was not named. */
    protected final @Nullable String segmentName(@Nullable String given) {
        return given == null && isStoreFile(path()) ? String.valueOf(path().getFileName()) : given;
    }

    private static boolean isStoreFile(Path path) {
        Path name = path.getFileName();
        return name != null && name.toString().matches("[0-9a-f]{16}\\.(seg|hint)") && Files.isRegularFile(path);
    }

    /** Whether there is a store: one that has lost its MANIFEST is one too, and a sad one. */
    private static boolean isStore(Path path) {
        if (Files.exists(path.resolve(ManifestFile.NAME))) {
            return true;
        }
        try (var names = Files.newDirectoryStream(path, "*.seg")) {
            return names.iterator().hasNext();
        } catch (IOException e) {
            return false;
        }
    }

    /** Opens the store for reading: no lock, no write. */
    protected final ReadOnlyStave openReadOnly(Progress progress) {
        progress.begin("opening " + store());
        return Stave.openReadOnly(store(), Options.defaults().recoveryProgress(telling(progress)));
    }

    /** Opens the store for writing, which takes the lock. */
    protected final Stave openForWriting(Options options, Progress progress) {
        Path path = options.createIfMissing() ? path() : store();
        progress.begin("opening " + path);
        return Stave.open(path, options.recoveryProgress(telling(progress)));
    }

    private static RecoveryProgress telling(Progress progress) {
        return (phase, done, total) -> progress.at(done, total);
    }

    /** A command line that makes no sense, for this reason. */
    protected final RuntimeException usage(String message) {
        return spec == null
                ? new IllegalArgumentException(message)
                : new ParameterException(spec.commandLine(), message);
    }
}
