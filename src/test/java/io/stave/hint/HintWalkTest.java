package io.stave.hint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HintWalkTest {

    private static final StoreId STORE = new StoreId(1, 2);
    private static final int SEGMENT_LENGTH = 1 << 20;
    private static final int RECORD_LENGTH = 100;

    private final SimulatedDirectory directory = new SimulatedDirectory();

    /** Writes a hint of records at these offsets. */
    private void write(List<Integer> offsets) throws IOException {
        try (HintWriter writer = HintWriter.create(directory, STORE, 7, SEGMENT_LENGTH, 3, offsets.size())) {
            for (int offset : offsets) {
                byte[] key = ("key " + offset).getBytes(UTF_8);
                writer.add(1, 0, 5, offset, RECORD_LENGTH, 0, ByteBuffer.wrap(key), 0, key.length, offset);
            }
            writer.finish();
        }
    }

    /** Many enough for several blocks. */
    private static List<Integer> many() {
        List<Integer> offsets = new ArrayList<>();
        for (int offset = 64; offset + RECORD_LENGTH < SEGMENT_LENGTH; offset += RECORD_LENGTH) {
            offsets.add(offset);
        }
        return offsets;
    }

    private List<Integer> walk(long from) throws BadHintException {
        List<Integer> seen = new ArrayList<>();
        walk(from, seen);
        return seen;
    }

    private void walk(long from, List<Integer> seen) throws BadHintException {
        try (HintReader reader = HintReader.open(directory, STORE, 7, SEGMENT_LENGTH, 3)) {
            HintWalk walk = reader.walk(from);
            for (HintCursor entry = walk.next(); entry != null; entry = walk.next()) {
                assertEquals("key " + entry.offset(), new String(entry.key(), UTF_8));
                assertEquals(RECORD_LENGTH, entry.recordLength());
                seen.add(entry.offset());
            }
            assertNull(walk.next());
        }
    }

    @Test
    void showsAllEntriesFromAnOffsetOn() throws IOException, BadHintException {
        List<Integer> offsets = many();
        write(offsets);
        assertEquals(offsets, walk(0));
        for (int i = 0; i < offsets.size(); i += 997) {
            assertEquals(offsets.subList(i, offsets.size()), walk(offsets.get(i)));
            assertEquals(offsets.subList(i + 1, offsets.size()), walk(offsets.get(i) + 1));
        }
        assertEquals(List.of(), walk(SEGMENT_LENGTH));
    }

    @Test
    void hintWithoutEntriesShowsNone() throws IOException, BadHintException {
        write(List.of());
        assertEquals(List.of(), walk(0));
    }

    /** The format allows any order; a walk that can be resumed needs the one of the segment. */
    @Test
    void entriesInAnotherOrderAreNoUse() throws IOException {
        write(List.of(64, 264, 164));
        List<Integer> seen = new ArrayList<>();
        assertThrows(BadHintException.class, () -> walk(0, seen));
        assertEquals(List.of(64, 264), seen);
    }

    @Test
    void whatIsShownBeforeADamagedBlockIsRight() throws IOException {
        List<Integer> offsets = many();
        write(offsets);
        byte[] content = directory.content(HintFile.name(7));
        for (int at = 64; at < content.length - 20_000; at += 9973) {
            byte[] damaged = content.clone();
            damaged[at] ^= 4;
            directory.damage(HintFile.name(7), damaged);
            List<Integer> seen = new ArrayList<>();
            assertThrows(BadHintException.class, () -> walk(0, seen));
            assertEquals(offsets.subList(0, seen.size()), seen);
            assertTrue(seen.size() < offsets.size());
        }
    }
}
