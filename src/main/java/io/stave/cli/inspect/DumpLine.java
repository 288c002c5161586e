package io.stave.cli.inspect;

import com.fasterxml.jackson.core.JsonGenerator;
import io.stave.cli.command.ByteForm;
import io.stave.cli.command.Json;
import io.stave.cli.terminal.Lines;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Text;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record in a dump.
 *
 * @param offset where in the segment it lies
 * @param length its bytes
 * @param version its version
 * @param kind put, tombstone or blob
 * @param batch whether more of its batch follows
 * @param expires when it does, or null
 * @param key the key, as it is shown
 * @param valueLength the length of the value; -1 where it is not known
 * @param value the value, as it is shown, if it was asked for
 */
public record DumpLine(
        long offset,
        int length,
        long version,
        String kind,
        boolean batch,
        @Nullable Instant expires,
        String key,
        int valueLength,
        @Nullable String value) {

    private static final int LONGEST_VALUE = 60;

    /** What stands above the columns. */
    static String head(Style style) {
        return style.dim(
                Text.right("offset", 12) + Text.right("length", 10) + Text.right("version", 12) + "  kind       key");
    }

    /** Prints it as a line of a table. */
    boolean print(Lines lines, Style style) {
        return lines.line(Text.right(Long.toString(offset), 12)
                + Text.right(Integer.toString(length), 10)
                + Text.right(Long.toString(version), 12)
                + "  " + Text.left(kind, 9) + (batch ? "+" : " ") + " " + key
                + (value == null ? "" : style.dim("  = ") + Text.shorten(value, LONGEST_VALUE, style))
                + (expires == null ? "" : style.dim("  expires " + expires)));
    }

    /** Prints it as a line of JSON. */
    boolean printJson(Lines lines) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.FACTORY.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("schema", Json.SCHEMA);
            Json.fields(this, json);
            json.writeEndObject();
        }
        return lines.line(text.toString());
    }

    /** When a record expires, from its milliseconds. */
    static @Nullable Instant instant(boolean expires, long millis) {
        return expires ? Instant.ofEpochMilli(millis) : null;
    }

    /** A value as a dump shows it. */
    static String value(byte[] value, ByteForm form) {
        return form.show(value);
    }
}
