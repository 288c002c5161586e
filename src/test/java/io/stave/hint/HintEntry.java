package io.stave.hint;

import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An entry as tests write and expect it; keys as one character a byte. */
record HintEntry(int kind, int flags, long sequence, int offset, int recordLength, long expiry, String key) {

    static final StoreId STORE = new StoreId(0xA1A2A3A4L, 0xB1B2B3B4L);
    static final long SEGMENT = 7;
    static final long SEGMENT_LENGTH = 1L << 30;
    static final long DIGEST = 0xD16E57L;

    static HintEntry of(HintCursor entry) {
        return new HintEntry(
                entry.kind(),
                entry.flags(),
                entry.sequence(),
                entry.offset(),
                entry.recordLength(),
                entry.expiry(),
                new String(entry.key(), StandardCharsets.ISO_8859_1));
    }

    /** What stands for the fingerprint in tests; the real one is as evenly spread. */
    long fingerprint() {
        long z = key.hashCode() * 0x9E3779B97F4A7C15L + key.length();
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    void addTo(HintWriter writer) throws IOException {
        byte[] bytes = key.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer around = ByteBuffer.allocate(bytes.length + 10).put(5, bytes);
        writer.add(kind, flags, sequence, offset, recordLength, expiry, around, 5, bytes.length, fingerprint());
    }

    static void write(SimulatedDirectory directory, List<HintEntry> entries) throws IOException {
        try (HintWriter writer = HintWriter.create(directory, STORE, SEGMENT, SEGMENT_LENGTH, DIGEST, entries.size())) {
            for (HintEntry entry : entries) {
                entry.addTo(writer);
            }
            writer.finish();
        }
    }

    static HintReader open(SimulatedDirectory directory) throws BadHintException {
        return HintReader.open(directory, STORE, SEGMENT, SEGMENT_LENGTH, DIGEST);
    }

    static List<HintEntry> read(SimulatedDirectory directory) throws BadHintException {
        List<HintEntry> seen = new ArrayList<>();
        readInto(directory, seen);
        return seen;
    }

    static void readInto(SimulatedDirectory directory, List<HintEntry> seen) throws BadHintException {
        try (HintReader reader = open(directory)) {
            reader.read(entry -> seen.add(of(entry)));
        }
    }
}
