package io.stave.cli.data;

import io.stave.BlobWriter;
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
import java.nio.ByteBuffer;
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
            "The value may have any length, and is on stable storage when the command is done; until then the key is as it"
                    + " was. Takes the lock of the store: exits with 4 if another process has it open.",
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

    private static final int PIECE = 1 << 18;

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
        if (value != null && file != null) {
            throw usage("either a value or --file");
        }
        if (value != null) {
            put(key, parse("value", value), InputStream.nullInputStream(), how, progress);
        } else {
            try (InputStream in = file == null ? System.in : Files.newInputStream(file)) {
                // What is short is read before the store is locked: it may come from a command that needs the store.
                put(key, in.readNBytes(Stave.MAX_VALUE_LENGTH), in, how, progress);
            }
        }
        return ExitCode.OK;
    }

    /** Puts a value that begins with what was read, and goes on with what is in the stream. */
    private void put(byte[] key, byte[] begin, InputStream more, WriteOptions how, Progress progress)
            throws IOException {
        try (Stave store = openForWriting(Options.defaults().createIfMissing(create), progress);
                BlobWriter writer = store.openWriter(key, how)) {
            progress.begin("writing the value");
            long bytes = file == null ? 0 : Files.size(file);
            byte[] piece = begin;
            for (int count = begin.length; count >= 0; count = more.read(piece)) {
                int unused = writer.write(ByteBuffer.wrap(piece, 0, count));
                progress.at(writer.length(), bytes);
                piece = piece == begin ? new byte[PIECE] : piece;
            }
            long length = writer.length();
            long version = writer.commit();
            progress.close();
            terminal.out().println("put " + Units.counted(length, "byte") + ", version " + version);
        }
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
}
