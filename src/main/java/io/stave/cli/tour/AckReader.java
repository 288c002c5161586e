package io.stave.cli.tour;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads what the child reports. A line without its end is no report: the child was killed while it wrote it. */
final class AckReader {

    private final InputStream source;

    AckReader(InputStream source) {
        this.source = new BufferedInputStream(source);
    }

    /** Returns the next report, or null when there are no more. Lines that are something else are passed over. */
    @Nullable
    Ack next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = source.read(); next >= 0; next = source.read()) {
            if (next != '\n') {
                line.write(next);
                continue;
            }
            Ack ack = Ack.parse(line.toString(StandardCharsets.US_ASCII).stripTrailing());
            if (ack != null) {
                return ack;
            }
            line.reset();
        }
        return null;
    }
}
