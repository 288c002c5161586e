package io.stave.cli.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.stave.Batch;
import io.stave.BlobWriter;
import io.stave.Options;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.cli.command.Failed;
import io.stave.cli.command.Json;
import io.stave.cli.command.StoreCommand;
import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Terminal;
import io.stave.cli.terminal.Units;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stave import}: puts what an export wrote. */
@Command(
        name = "import",
        header = "Put entries that 'stave export' wrote.",
        description = {
            "",
            "Reads JSON objects with 'key' and 'value' as text, or 'key64' and 'value64' in base64, and 'expires' where"
                    + " there is one. Puts them in batches, values of more than 16 MiB one by one; what the store holds"
                    + " under other keys stays. If a line makes no sense it stops there, and what came before stays"
                    + " put. Takes the lock of the store.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stave import --create new-store my-store.jsonl",
            "  gunzip -c my-store.jsonl.gz | stave import --create new-store",
            "  echo '{\"key\":\"planet\",\"value\":\"world\"}' | stave import my-store"
        })
public final class ImportCommand extends StoreCommand {

    /** Enough for few forces, and little to hold in memory. */
    private static final long BATCH_BYTES = 1 << 20;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "Where from. Without it, or '-': standard input.")
    private @Nullable Path file;

    @Option(names = "--create", description = "Make the store if there is none.")
    private boolean create;

    private long entries;
    private long announced = -1;
    private boolean exported;

    /** Writes to a terminal. */
    public ImportCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected int run(Progress progress) throws IOException {
        if (ExportCommand.STANDARD.equals(file)) {
            file = null;
        }
        try (InputStream in = file == null ? System.in : Files.newInputStream(file);
                JsonParser json = Json.FACTORY.createParser(in);
                Stave store = openForWriting(Options.defaults().createIfMissing(create), progress)) {
            progress.begin("importing");
            try {
                read(json, store, progress);
            } catch (EntryJson.Malformed | JsonProcessingException e) {
                String why =
                        e instanceof JsonProcessingException parsing ? parsing.getOriginalMessage() : e.getMessage();
                throw new Failed(
                        ExitCode.FAILED,
                        (file == null ? "standard input" : file) + ", line "
                                + json.currentLocation().getLineNr() + ": " + why + "; the "
                                + Units.counted(entries, "entry").replace("entrys", "entries")
                                + " of earlier batches are put");
            }
        }
        progress.close();
        if (exported && announced < 0) {
            throw new Failed(
                    ExitCode.FAILED,
                    "the file was cut off: its last line does not say how many entries it has, and "
                            + Units.count(entries) + " were in it: all of those are put");
        }
        if (announced >= 0 && announced != entries) {
            throw new Failed(
                    ExitCode.FAILED,
                    "the file says it has " + Units.count(announced) + " entries, and " + Units.count(entries)
                            + " were in it: all of those are put");
        }
        terminal.out().println("put " + Units.count(entries) + (entries == 1 ? " entry" : " entries"));
        return ExitCode.OK;
    }

    private static WriteOptions how(@Nullable Instant expires) {
        WriteOptions how = WriteOptions.defaults();
        return expires == null ? how : how.expiry(expires);
    }

    private void read(JsonParser json, Stave store, Progress progress) throws IOException {
        long bytes = file == null ? 0 : Files.size(file);
        try (Putting lines = new Putting(store)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token != JsonToken.START_OBJECT) {
                    throw new EntryJson.Malformed("not a JSON object");
                }
                EntryJson.Read entry = EntryJson.read(json, lines);
                if (entry != null) {
                    lines.put(entry);
                    progress.at(json.currentLocation().getByteOffset(), bytes);
                }
            }
            lines.apply();
        }
    }

    /** Puts entries in batches, and large ones as they are read; believes no export of a newer release, and remembers what is announced. */
    private final class Putting implements EntryJson.Lines, AutoCloseable {
        private final Stave store;
        private final Batch batch = new Batch();
        private @Nullable BlobWriter large;

        Putting(Stave store) {
            this.store = store;
        }

        void put(EntryJson.Read entry) throws EntryJson.Malformed {
            byte[] value = entry.value();
            BlobWriter writer = large;
            if (value != null) {
                put(entry.key(), value, how(entry.expires()));
            } else if (writer != null) {
                long unused = writer.commit();
                entries++;
                close();
            }
        }

        private void put(byte[] key, byte[] value, WriteOptions how) throws EntryJson.Malformed {
            try {
                batch.put(key, value, how);
            } catch (IllegalArgumentException e) {
                throw new EntryJson.Malformed(String.valueOf(e.getMessage()));
            }
            if (batch.bytes() >= BATCH_BYTES) {
                apply();
            }
        }

        /** What comes before it is put before it: that may be of the same key. */
        @Override
        public BlobWriter large(byte[] key, @Nullable Instant expires) throws EntryJson.Malformed {
            apply();
            close();
            try {
                BlobWriter writer = store.openWriter(key, how(expires));
                large = writer;
                return writer;
            } catch (IllegalArgumentException e) {
                throw new EntryJson.Malformed(String.valueOf(e.getMessage()));
            }
        }

        void apply() {
            int count = batch.count();
            store.apply(batch);
            entries += count;
            batch.clear();
        }

        /** Gives up a large value that did not end well. */
        @Override
        public void close() {
            BlobWriter writer = large;
            if (writer != null) {
                writer.close();
                large = null;
            }
        }

        @Override
        public void schema(int version) throws EntryJson.Malformed {
            if (version > Json.SCHEMA) {
                throw new EntryJson.Malformed(
                        "schema " + version + " is of a newer release; this one knows " + Json.SCHEMA);
            }
        }

        @Override
        public void format(String name) {
            exported |= name.equals(ExportCommand.FORMAT);
        }

        @Override
        public void entries(long count) {
            announced = count;
        }
    }
}
