package io.stave.cli.data;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.stave.BlobWriter;
import io.stave.cli.command.ByteForm;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An entry as a JSON object: {@code key} and {@code value} as text where they are UTF-8, else {@code key64} and {@code value64} in base64, and
 * {@code expires} if it does. Nothing is lost either way.
 */
final class EntryJson {

    private static final String VALUE64 = "value64";
    private static final int UNKNOWN_LENGTH = -1;

    private EntryJson() {}

    /** An entry that was read; the value is null if it has gone to a writer: {@link Lines#large}. */
    record Read(
            byte[] key, byte @Nullable [] value, @Nullable Instant expires) {}

    /** Writes the fields of an entry into an object that has begun. */
    static void write(JsonGenerator json, byte[] key, byte @Nullable [] value, @Nullable Instant expires)
            throws IOException {
        bytes(json, "key", key);
        if (value != null) {
            bytes(json, "value", value);
        }
        if (expires != null) {
            json.writeStringField("expires", expires.toString());
        }
    }

    /**
     * Writes the fields of an entry whose value is too long to be held in memory: in base64 whatever it is, behind all that one has to know before
     * it can be put as it is read.
     */
    static void writeLarge(JsonGenerator json, byte[] key, InputStream value, @Nullable Instant expires)
            throws IOException {
        write(json, key, null, expires);
        json.writeFieldName(VALUE64);
        int unused = json.writeBinary(value, UNKNOWN_LENGTH);
    }

    private static void bytes(JsonGenerator json, String name, byte[] bytes) throws IOException {
        String text = ByteForm.text(bytes);
        if (text != null) {
            json.writeStringField(name, text);
        } else {
            json.writeBinaryField(name + "64", bytes);
        }
    }

    /**
     * Reads the object that the parser has just entered.
     *
     * @return the entry; null if it is none, but the first or the last line of an export
     * @throws Malformed if it is neither
     */
    static @Nullable Read read(JsonParser json, Lines lines) throws IOException {
        byte[] key = null;
        byte[] value = null;
        boolean large = false;
        Instant expires = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "key" -> key = text(json);
                case "key64" -> key = json.getBinaryValue();
                case "value" -> value = text(json);
                case VALUE64 -> {
                    LargeInput input = new LargeInput(key, expires, lines);
                    int unused = json.readBinaryValue(input);
                    value = input.value();
                    large = value == null;
                }
                case "expires" -> expires = instant(json, large);
                case "schema" -> lines.schema(json.getIntValue());
                case "format" -> lines.format(String.valueOf(json.getText()));
                case "entries" -> lines.entries(json.getLongValue());
                default -> json.skipChildren(); // what a later release has to say
            }
        }
        if (key == null && value == null) {
            return null;
        }
        if (key == null || (value == null && !large)) {
            throw new Malformed(key == null ? "an entry without a key" : "an entry without a value");
        }
        return new Read(key, value, expires);
    }

    private static byte[] text(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new Malformed("'" + json.currentName() + "' is not a string");
        }
        return ByteForm.UTF8.parse(json.getText());
    }

    private static @Nullable Instant instant(JsonParser json, boolean tooLate) throws IOException {
        if (tooLate) {
            throw new Malformed("'expires' stands behind a value of more than 16 MiB, which is put as it is read");
        }
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        try {
            return Instant.parse(json.getText());
        } catch (DateTimeException e) {
            throw new Malformed("'expires' is not a time like 2030-01-31T12:00:00Z");
        }
    }

    /** What is to be done with what the lines of an export say. */
    interface Lines {
        /** Begins to put a value that is too long to be held in memory; whoever implements this closes the writer. */
        BlobWriter large(byte[] key, @Nullable Instant expires) throws Malformed;

        /** The version of the schema. */
        void schema(int version) throws Malformed;

        /** What the file is. */
        void format(String name);

        /** How many entries there are. */
        void entries(long count);
    }

    /** What was read is no export. */
    static final class Malformed extends IOException {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }
}
