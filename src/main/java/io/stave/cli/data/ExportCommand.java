package io.stave.cli.data;

import com.fasterxml.jackson.core.JsonGenerator;
import io.stave.BlobReader;
import io.stave.CorruptionException;
import io.stave.ReadOnlyStave;
import io.stave.StoredRecord;
import io.stave.cli.command.Damages;
import io.stave.cli.command.Failed;
import io.stave.cli.command.Json;
import io.stave.cli.command.StoreCommand;
import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Terminal;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code stave export}: all entries as JSON lines. */
@Command(
        name = "export",
        header = "Write all entries as JSON, one in a line.",
        description = {
            "",
            "Keys and values that are UTF-8 stand there as text, others in base64 as 'key64' and 'value64'; what"
                    + " expires has 'expires'. The first line names the schema, the last one the number of entries, so"
                    + " that 'stave import' notices a file that was cut off. It is the store of one moment, although"
                    + " others may write meanwhile; versions are not exported. What does not verify is reported and"
                    + " left out; then it exits with 3. Values of more than 16 MiB are in base64, whatever they are; the"
                    + " export fails if another process replaces one before it has come to it.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stave export my-store > my-store.jsonl",
            "  stave export my-store | gzip > my-store.jsonl.gz",
            "  stave export my-store | jq -r 'select(.key != null) | .key'"
        })
public final class ExportCommand extends StoreCommand {

    private static final int BUFFER = 1 << 16;

    /** What the first line calls it. */
    static final String FORMAT = "stave-export";

    /** What a file is called that is standard input or output. */
    static final Path STANDARD = Path.of("-");

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "Where to. Without it, or '-': standard output.")
    private @Nullable Path file;

    /** Writes to a terminal. */
    public ExportCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected int run(Progress progress) throws IOException {
        Damages damages = new Damages(terminal);
        try (ReadOnlyStave store = openReadOnly(progress);
                OutputStream out = open();
                JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            json.setRootValueSeparator(null);
            progress.begin("exporting");
            Writing writing = new Writing(
                    store, json, damages, progress, store.stats().space().diskBytes());
            json.writeStartObject();
            json.writeNumberField("schema", Json.SCHEMA);
            json.writeStringField("format", FORMAT);
            json.writeEndObject();
            json.writeRaw('\n');
            store.walk(writing);
            json.writeStartObject();
            json.writeNumberField("entries", writing.entries);
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (terminal.out().checkError()) {
            throw new Failed(ExitCode.FAILED, "the export is not complete: nobody reads standard output any more");
        }
        return damages.exitCode();
    }

    private OutputStream open() throws IOException {
        // The JSON generator has a buffer of its own, but a small one, and standard output is flushed at each write.
        boolean standard = file == null || file.equals(STANDARD);
        return new BufferedOutputStream(standard ? terminal.bytesOut() : Files.newOutputStream(file), BUFFER);
    }

    /** Writes the live ones. */
    private static final class Writing implements StoredRecord.Visitor {
        private final ReadOnlyStave store;
        private final JsonGenerator json;
        private final Damages damages;
        private final Progress progress;
        private final long total;
        private long done;
        private long entries;

        Writing(ReadOnlyStave store, JsonGenerator json, Damages damages, Progress progress, long total) {
            this.store = store;
            this.json = json;
            this.damages = damages;
            this.progress = progress;
            this.total = total;
        }

        @Override
        public void record(StoredRecord record) {
            done += record.length();
            progress.at(done, total);
            if (record.fate() != StoredRecord.Fate.LIVE) {
                return;
            }
            entries++;
            try {
                if (LargeValues.isLarge(record.valueLength())) {
                    writeLarge(record);
                } else {
                    write(record, record.value());
                }
            } catch (CorruptionException e) {
                entries--;
                damages.report(e, record.valueLength());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void write(StoredRecord record, byte[] value) throws IOException {
            json.writeStartObject();
            EntryJson.write(json, record.key(), value, record.expiry());
            json.writeEndObject();
            json.writeRaw('\n');
        }

        /** Reads it twice: what does not verify is to be left out whole. */
        private void writeLarge(StoredRecord record) throws IOException {
            byte[] key = record.key();
            try (BlobReader value = store.openReader(key)) {
                if (value == null) {
                    entries--; // it has expired since
                    return;
                }
                LargeValues.verify(value.stream());
                writeVerified(key, value.position(0));
            }
        }

        private void writeVerified(byte[] key, BlobReader value) throws IOException {
            try {
                json.writeStartObject();
                EntryJson.writeLarge(json, key, value.stream(), value.expiry());
                json.writeEndObject();
                json.writeRaw('\n');
            } catch (CorruptionException e) {
                // Half of it is written, and it verified a moment ago.
                throw new Failed(ExitCode.CORRUPTION, "the export is not complete: " + e.getMessage());
            }
        }

        @Override
        public void damaged(CorruptionException damage, long bytesLeftOut) {
            damages.report(damage, bytesLeftOut);
        }
    }
}
