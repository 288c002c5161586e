package io.stave.cli.data;

import com.fasterxml.jackson.core.JsonGenerator;
import io.stave.BlobReader;
import io.stave.ReadOnlyStave;
import io.stave.cli.command.ByteForm;
import io.stave.cli.command.Failed;
import io.stave.cli.command.Json;
import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Terminal;
import io.stave.cli.terminal.Text;
import io.stave.cli.terminal.Units;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stave get}: the value of a key. */
@Command(
        name = "get",
        header = "Print the value of a key.",
        description = {
            "",
            "Into a file or a pipe go exactly the bytes of the value. On a terminal it is shown as text where that is"
                    + " readable, else in hexadecimal. Takes no lock: another process may have the store open; of"
                    + " that one's writes the last may not be shown yet. A value of any length goes through little memory."
                    + " Exits with 1 if the key is absent.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stave get my-store planet             the value, as it is",
            "  stave get my-store 0x00ff > value.bin the value of a key of two bytes",
            "  stave get --json my-store planet      with its version and its expiry"
        })
public final class GetCommand extends KeyCommand {

    @Option(names = "--json", description = "Print JSON: key, value, version and expiry.")
    private boolean json;

    @Option(names = "--raw", description = "Write the bytes of the value as they are, on a terminal too.")
    private boolean raw;

    /** Writes to a terminal. */
    public GetCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected int run(Progress progress) throws IOException {
        byte[] key = key();
        try (ReadOnlyStave store = openReadOnly(progress);
                BlobReader value = LargeValues.open(store, key)) {
            progress.close();
            if (value == null) {
                throw new Failed(ExitCode.FAILED, "there is no key " + form().show(key));
            }
            if (json) {
                printJson(key, value);
            } else if (!LargeValues.isLarge(value.size())) {
                print(value.stream().readAllBytes());
            } else {
                printLarge(value);
            }
        }
        return ExitCode.OK;
    }

    private void printLarge(BlobReader value) throws IOException {
        if (!raw && (form() != ByteForm.AUTO || terminal.attended())) {
            throw new Failed(
                    ExitCode.FAILED,
                    "the value has " + Units.bytes(value.size())
                            + ", too much to be shown: write it as it is into a file, or anywhere with --raw");
        }
        LargeValues.copy(value.stream(), terminal.bytesOut(), terminal);
    }

    private void print(byte[] value) {
        boolean asked = form() != ByteForm.AUTO;
        if (raw || (!asked && !terminal.attended())) {
            terminal.out().write(value, 0, value.length);
            terminal.out().flush();
            return;
        }
        String text = asked ? null : ByteForm.text(value);
        terminal.out().println(text != null && readable(text) ? text.stripTrailing() : form().show(value));
    }

    /** Text of several lines is, too; it only cannot be typed in again. */
    private static boolean readable(String text) {
        return text.indexOf('\r') < 0
                && text.lines().allMatch(line -> Text.safe(line).equals(line));
    }

    private void printJson(byte[] key, BlobReader value) throws IOException {
        try (JsonGenerator out = Json.FACTORY.createGenerator(terminal.bytesOut())) {
            out.writeStartObject();
            out.writeNumberField("schema", Json.SCHEMA);
            if (LargeValues.isLarge(value.size())) {
                EntryJson.writeLarge(out, key, value.stream(), value.expiry());
            } else {
                EntryJson.write(out, key, value.stream().readAllBytes(), value.expiry());
            }
            out.writeNumberField("version", value.version());
            out.writeEndObject();
            out.writeRaw('\n');
        }
    }
}
