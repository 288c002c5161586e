package io.stave.cli.data;

import io.stave.Options;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.cli.command.Durations;
import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Terminal;
import io.stave.cli.terminal.Units;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stave put}: sets the value of a key. */
@Command(
        name = "put",
        header = "Set the value of a key.",
        description = {
            "",
            "The value is on stable storage when the command is done. Takes the lock of the store: exits with 4 if"
                    + " another process has it open.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stave put my-store planet world            a value from the command line",
            "  stave put my-store photo --file=photo.jpg  a value from a file",
            "  date | stave put my-store now              a value from standard input",
            "  stave put my-store token abc --ttl=90m     a value that expires",
            "  stave put --create new-store key value     a store is made where there is none"
        })
public final class PutCommand extends KeyCommand {

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "VALUE",
            description = "The value, written as the key. Without it: standard input, byte by byte.")
    private @Nullable String value;

    @Option(names = "--file", paramLabel = "FILE", description = "Take the value from this file, byte by byte.")
    private @Nullable Path file;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            description = "Let the value expire after this time: 500ms, 90s, 15m, 12h, 7d.")
    private @Nullable String timeToLive;

    @Option(names = "--create", description = "Make the store if there is none.")
    private boolean create;

    /** Writes to a terminal. */
    public PutCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected int run(Progress progress) throws IOException {
        byte[] key = key();
        WriteOptions how = how();
        byte[] bytes = value();
        if (bytes.length > Stave.MAX_VALUE_LENGTH) {
            throw usage("a value has at most " + Stave.MAX_VALUE_LENGTH + " bytes");
        }
        try (Stave store = openForWriting(Options.defaults().createIfMissing(create), progress)) {
            long version = store.put(key, bytes, how);
            progress.close();
            terminal.out().println("put " + Units.counted(bytes.length, "byte") + ", version " + version);
        }
        return ExitCode.OK;
    }

    private WriteOptions how() {
        WriteOptions how = WriteOptions.defaults();
        if (timeToLive == null) {
            return how;
        }
        try {
            return how.timeToLive(Durations.parse(timeToLive));
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private byte[] value() throws IOException {
        if (value != null && file != null) {
            throw usage("either a value or --file");
        }
        if (value != null) {
            return parse("value", value);
        }
        try (InputStream in = file == null ? System.in : Files.newInputStream(file)) {
            // One more than there may be: so that too many are seen to be too many.
            return in.readNBytes(Stave.MAX_VALUE_LENGTH + 1);
        }
    }
}
