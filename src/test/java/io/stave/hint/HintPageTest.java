package io.stave.hint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.io.PageExample;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code hints/FORMAT.md} shows the golden file, and every golden file is read by this release. */
class HintPageTest {

    private static final Path PAGE = Path.of("hints/FORMAT.md");
    private static final Path GOLDEN = Path.of("hints/golden-v1.hint");

    private static final StoreId STORE = new StoreId(0x1716151413121110L, 0x1F1E1D1C1B1A1918L);
    private static final long SEGMENT = 7;
    private static final long LENGTH = 174;
    private static final long DIGEST = 0xAAFEF093AB9B7CEFL;

    private static final long APPLE = 0x1122334455667788L;
    private static final long PEAR = 0x99AABBCCDDEEFF00L;

    private static final List<HintEntry> ENTRIES = List.of(
            new HintEntry(1, 1, 42, 112, 37, 1_893_456_000_000L, "pear"), new HintEntry(2, 0, 43, 149, 25, 0, "apple"));

    @Test
    void thePageShowsTheGoldenFile() throws IOException {
        PageExample.assertShown(PAGE, "hint", Files.readAllBytes(GOLDEN));
    }

    @Test
    void theGoldenFileOfVersion1IsRead() throws Exception {
        SimulatedDirectory directory = new SimulatedDirectory();
        directory.damage(HintFile.name(SEGMENT), Files.readAllBytes(GOLDEN));
        List<HintEntry> seen = new ArrayList<>();
        try (HintReader reader = HintReader.open(directory, STORE, SEGMENT, LENGTH, DIGEST)) {
            reader.read(entry -> seen.add(HintEntry.of(entry)));
            assertEquals(ENTRIES, seen);
            KeyFilter filter = reader.filter();
            assertTrue(filter.mayContain(APPLE));
            assertTrue(filter.mayContain(PEAR));
            assertFalse(filter.mayContain(0));
        }
    }

    @Test
    void whatIsWrittenNowIsStillVersion1() throws IOException {
        assertArrayEquals(Files.readAllBytes(GOLDEN), write(), () -> "now written:\n" + PageExample.dump(write()));
    }

    private static byte[] write() {
        SimulatedDirectory directory = new SimulatedDirectory();
        try (HintWriter writer = HintWriter.create(directory, STORE, SEGMENT, LENGTH, DIGEST, 2)) {
            add(writer, ENTRIES.get(0), PEAR);
            add(writer, ENTRIES.get(1), APPLE);
            writer.finish();
            return directory.content(HintFile.name(SEGMENT));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void add(HintWriter writer, HintEntry e, long fingerprint) throws IOException {
        ByteBuffer key = ByteBuffer.wrap(e.key().getBytes(StandardCharsets.ISO_8859_1));
        writer.add(
                e.kind(),
                e.flags(),
                e.sequence(),
                e.offset(),
                e.recordLength(),
                e.expiry(),
                key,
                0,
                key.limit(),
                fingerprint);
    }
}
