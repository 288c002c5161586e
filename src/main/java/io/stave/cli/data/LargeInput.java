package io.stave.cli.data;

import io.stave.BlobWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Takes a value whose length nobody has told: into memory as long as it is short, and from then on into a writer. */
final class LargeInput extends OutputStream {

    /** A power of two: so it grows to 16 MiB, and not to more. */
    private static final int FIRST_CAPACITY = 1 << 14;

    private final byte @Nullable [] key;
    private final @Nullable Instant expires;
    private final EntryJson.Lines lines;
    private ByteArrayOutputStream begin = new ByteArrayOutputStream(FIRST_CAPACITY);
    private @Nullable BlobWriter writer;

    /** Of a key, if that has been read already. */
    LargeInput(byte @Nullable [] key, @Nullable Instant expires, EntryJson.Lines lines) {
        this.key = key;
        this.expires = expires;
        this.lines = lines;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        BlobWriter to = writer;
        if (to == null && LargeValues.isLarge((long) begin.size() + count)) {
            to = begin();
            writer = to;
        }
        if (to == null) {
            begin.write(bytes, offset, count);
        } else {
            int unused = to.write(ByteBuffer.wrap(bytes, offset, count));
        }
    }

    private BlobWriter begin() throws IOException {
        if (key == null) {
            throw new EntryJson.Malformed("a value of more than 16 MiB stands before its key");
        }
        BlobWriter begun = lines.large(key, expires);
        begin.writeTo(begun.stream());
        begin = new ByteArrayOutputStream(0);
        return begun;
    }

    /** The value; null if it is in the writer. */
    byte @Nullable [] value() {
        return writer == null ? begin.toByteArray() : null;
    }
}
