package io.stave.cli.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records as JSON: each component by its name, enums in lower case, what has another type as its text. The first field of a document is the
 * version of the schema, which changes when a name changes its meaning; new names may come at any time.
 */
public final class Json {

    /** The version of the schema. */
    public static final int SCHEMA = 1;

    /** A value is at most 16 MiB, and as base64 a third longer. */
    private static final int LONGEST_STRING = 32 * 1024 * 1024;

    /** Makes generators and parsers. */
    public static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LONGEST_STRING)
                    .build())
            .disable(com.fasterxml.jackson.core.StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();

    private Json() {}

    /** Prints a document made of one record. */
    public static void print(Record findings, OutputStream out) throws IOException {
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            json.writeStartObject();
            json.writeNumberField("schema", SCHEMA);
            fields(findings, json);
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    /** Writes the components of a record into an object that has begun. */
    public static void fields(Record record, JsonGenerator json) throws IOException {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = of(component, record);
            if (value != null || !component.isAnnotationPresent(WhereThereIs.class)) {
                json.writeFieldName(component.getName());
                value(value, json);
            }
        }
    }

    /** Writes a value: a record, a list, a map, or what stands for itself. */
    public static void value(@Nullable Object value, JsonGenerator json) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Record record) {
            json.writeStartObject();
            fields(record, json);
            json.writeEndObject();
        } else if (value instanceof Collection<?> list) {
            json.writeStartArray();
            for (Object element : list) {
                value(element, json);
            }
            json.writeEndArray();
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName(String.valueOf(entry.getKey()));
                value(entry.getValue(), json);
            }
            json.writeEndObject();
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else if (value instanceof Enum<?> constant) {
            json.writeString(constant.name().toLowerCase(Locale.ROOT));
        } else {
            json.writeString(value.toString());
        }
    }

    private static @Nullable Object of(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new AssertionError(component + " of a public record", e);
        }
    }
}
