package io.stave.hint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.io.FileHeader;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** A hint shows all that was written, or nothing: whatever is wrong with it is a {@link BadHintException}. */
class HintProperties {

    private static final String NAME = HintFile.name(HintEntry.SEGMENT);

    @Provide
    Arbitrary<List<HintEntry>> entries() {
        return entry(40).list().ofMaxSize(12);
    }

    @Provide
    Arbitrary<List<HintEntry>> longEntries() {
        return entry(65_535).list().ofMaxSize(12);
    }

    private static Arbitrary<HintEntry> entry(int maxKey) {
        return Combinators.combine(
                        Arbitraries.of(1, 2, 3),
                        Arbitraries.of(0, 1),
                        Arbitraries.longs().between(1, Long.MAX_VALUE),
                        Arbitraries.integers().between(64, 1 << 29),
                        Arbitraries.integers().between(0, 1 << 24),
                        Arbitraries.longs(),
                        Arbitraries.frequencyOf(
                                Tuple.of(4, key(1, 20)), Tuple.of(1, key(Math.max(1, maxKey - 100), maxKey))))
                .as((kind, flags, sequence, offset, valueLength, expiry, key) -> {
                    int kept = kind == 2 ? 0 : flags;
                    return new HintEntry(
                            kind, kept, sequence, offset, 20 + key.length() + valueLength, kept == 0 ? 0 : expiry, key);
                });
    }

    private static Arbitrary<String> key(int min, int max) {
        return Arbitraries.strings()
                .withCharRange('\0', '\u00FF')
                .ofMinLength(min)
                .ofMaxLength(max);
    }

    @Property(tries = 300)
    void whatIsWrittenIsRead(@ForAll("entries") List<HintEntry> entries) throws Exception {
        assertRoundTrip(entries);
    }

    @Property(tries = 30)
    void blocksHoldTheLongestKeys(@ForAll("longEntries") List<HintEntry> entries) throws Exception {
        assertRoundTrip(entries);
    }

    private static void assertRoundTrip(List<HintEntry> entries) throws Exception {
        SimulatedDirectory directory = new SimulatedDirectory();
        HintEntry.write(directory, entries);
        assertEquals(entries, HintEntry.read(directory));
        assertEquals(List.of(NAME), directory.list());
        try (HintReader reader = HintEntry.open(directory)) {
            assertEquals(entries.size(), reader.entries());
            KeyFilter filter = reader.filter();
            entries.forEach(entry -> assertTrue(filter.mayContain(entry.fingerprint())));
        }
        assertEquals(List.of(), directory.leaks());
    }

    @Property(tries = 15)
    void everyFlippedBitIsFoundBeforeAnythingIsShown(@ForAll("entries") List<HintEntry> entries) throws Exception {
        SimulatedDirectory directory = new SimulatedDirectory();
        HintEntry.write(directory, entries);
        byte[] bytes = directory.content(NAME);
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
            directory.damage(NAME, bytes);
            assertRejected(directory, entries, "bit " + bit);
            bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
        }
        assertEquals(List.of(), directory.leaks());
    }

    @Property(tries = 15)
    void everyOtherLengthIsFoundBeforeAnythingIsShown(@ForAll("entries") List<HintEntry> entries) throws Exception {
        SimulatedDirectory directory = new SimulatedDirectory();
        HintEntry.write(directory, entries);
        byte[] bytes = directory.content(NAME);
        for (int length = 0; length < bytes.length + 50; length++) {
            if (length != bytes.length) {
                directory.damage(NAME, Arrays.copyOf(bytes, length));
                assertRejected(directory, entries, length + " bytes");
            }
        }
        assertEquals(List.of(), directory.leaks());
    }

    /** Entries and filter are verified apart: each is right or refused, and one of the two was touched. */
    private static void assertRejected(SimulatedDirectory directory, List<HintEntry> entries, String what) {
        List<HintEntry> seen = new ArrayList<>();
        boolean refused = false;
        try {
            HintEntry.readInto(directory, seen);
            assertEquals(entries, seen, what);
        } catch (BadHintException e) {
            refused = true;
            assertEquals(List.of(), seen, what);
            assertTrue(e.getMessage().startsWith(NAME), e.getMessage());
        }
        try (HintReader reader = HintEntry.open(directory)) {
            KeyFilter filter = reader.filter();
            entries.forEach(entry -> assertTrue(filter.mayContain(entry.fingerprint()), what));
        } catch (BadHintException e) {
            refused = true;
        }
        assertTrue(refused, what + " was not noticed");
    }

    @Example
    void aHintOfAnotherSegmentLengthOrDigestIsRefused() throws Exception {
        SimulatedDirectory directory = new SimulatedDirectory();
        HintEntry.write(directory, List.of());
        StoreId store = HintEntry.STORE;
        long length = HintEntry.SEGMENT_LENGTH;
        HintReader.open(directory, store, 7, length, HintEntry.DIGEST).close();
        refused(directory, store, 7, length + 1, HintEntry.DIGEST);
        refused(directory, store, 7, length, HintEntry.DIGEST + 1);
        refused(directory, new StoreId(1, 1), 7, length, HintEntry.DIGEST);
        directory.damage(HintFile.name(8), directory.content(NAME));
        refused(directory, store, 8, length, HintEntry.DIGEST);
        refused(directory, store, 9, length, HintEntry.DIGEST);
        assertEquals(List.of(), directory.leaks());
    }

    private static void refused(SimulatedDirectory directory, StoreId store, long id, long length, long digest) {
        assertThrows(BadHintException.class, () -> HintReader.open(directory, store, id, length, digest));
    }

    @Example
    void aNewerVersionIsABadHintAndNoFailure() throws Exception {
        SimulatedDirectory directory = new SimulatedDirectory();
        HintEntry.write(directory, List.of());
        byte[] bytes = directory.content(NAME);
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(8, 2);
        FileHeader.seal(header);
        directory.damage(NAME, bytes);
        BadHintException e = assertThrows(BadHintException.class, () -> HintEntry.open(directory));
        assertTrue(e.getMessage().contains("version 2"), e.getMessage());
    }

    /** A block that verifies and makes no sense is refused as a whole hint. */
    @Example
    void whatVerifiesAndMakesNoSenseIsRefused() throws Exception {
        HintEntry entry = new HintEntry(1, 0, 5, 64, 100, 0, "key");
        int payload = FileHeader.LENGTH + 8;
        for (int[] change : new int[][] {
            {payload + 7, 0x80}, // a negative sequence
            {payload + 8, 63}, // an offset inside the header
            {payload + 11, 0x80}, // an offset behind the segment
            {payload + 12, 3}, // a record that is no longer than its key
            {payload + 15, 0x7F}, // a record that ends behind the segment
            {payload + 16, 0}, // no key
            {payload + 16, 2}, // a key that ends before the block does
            {payload + 16, 4}, // a key that ends behind the block
            {payload + 18, 0}, // an unknown kind
            {payload + 18, 4}, // another one
            {payload + 19, 2}, // an unknown flag
            {payload - 4, 0}, // no entries
            {payload - 4, 2}, // too many
        }) {
            SimulatedDirectory directory = new SimulatedDirectory();
            HintEntry.write(directory, List.of(entry));
            byte[] bytes = directory.content(NAME);
            bytes[change[0]] = (byte) change[1];
            ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            int covered = 8 + file.getInt(FileHeader.LENGTH);
            long mask = io.stave.io.ChecksumMask.at(
                    HintFormat.blockSeed(HintEntry.STORE, HintEntry.SEGMENT), FileHeader.LENGTH);
            file.putInt(
                    FileHeader.LENGTH + covered, HintFormat.checksum(file, FileHeader.LENGTH, covered) ^ (int) mask);
            directory.damage(NAME, bytes);
            List<HintEntry> seen = new ArrayList<>();
            String what = change[1] + " at " + (change[0] - payload);
            assertThrows(BadHintException.class, () -> HintEntry.readInto(directory, seen), what);
            assertEquals(List.of(), seen, what);
        }
    }

    @Example
    void aBlockInAnotherPlaceDoesNotVerify() throws Exception {
        SimulatedDirectory directory = new SimulatedDirectory();
        // Two blocks of equal length: each key fills one.
        HintEntry.write(
                directory,
                List.of(
                        new HintEntry(1, 0, 5, 64, 70_000, 0, "a".repeat(65_535)),
                        new HintEntry(1, 0, 6, 80_000, 70_000, 0, "b".repeat(65_535))));
        byte[] bytes = directory.content(NAME);
        int block = 8 + 20 + 65_535 + 4;
        byte[] first = Arrays.copyOfRange(bytes, 64, 64 + block);
        System.arraycopy(bytes, 64 + block, bytes, 64, block);
        System.arraycopy(first, 0, bytes, 64 + block, block);
        directory.damage(NAME, bytes);
        assertThrows(BadHintException.class, () -> HintEntry.read(directory));
    }

    /** A hint cut off behind a block that is as long as its filter: that block verifies, and must not be asked as the filter. */
    @Example
    void aBlockIsNotTakenForTheFilter() throws Exception {
        SimulatedDirectory directory = new SimulatedDirectory();
        HintEntry.write(directory, List.of(new HintEntry(1, 0, 5, 64, 100, 0, "four")));
        byte[] bytes = directory.content(NAME);
        int block = 8 + 20 + 4 + 4;
        assertEquals(FileHeader.LENGTH + 2 * block, bytes.length);
        directory.damage(NAME, Arrays.copyOf(bytes, bytes.length - block));
        try (HintReader reader = HintEntry.open(directory)) {
            assertThrows(BadHintException.class, reader::filter);
        }
    }

    @Example
    void theFilterKnowsEachKeyAndFewOthers() throws Exception {
        int keys = 20_000;
        List<HintEntry> entries = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            entries.add(new HintEntry(1, 0, i + 1L, 64 + i, 100, 0, "key-" + i));
        }
        SimulatedDirectory directory = new SimulatedDirectory();
        HintEntry.write(directory, entries);
        try (HintReader reader = HintEntry.open(directory)) {
            KeyFilter filter = reader.filter();
            assertTrue(filter.length() * 8L <= 12L * keys + 256, filter.length() + " bytes for " + keys + " keys");
            entries.forEach(entry -> assertTrue(filter.mayContain(entry.fingerprint())));
            int wrong = 0;
            for (int i = 0; i < keys; i++) {
                wrong += filter.mayContain(new HintEntry(1, 0, 1, 64, 100, 0, "other-" + i).fingerprint()) ? 1 : 0;
            }
            assertTrue(wrong < keys / 100, wrong + " of " + keys + " absent keys may be there");
        }
    }

    @Example
    void aFilterOfTooFewExpectedKeysStillKnowsEach() throws IOException, BadHintException {
        SimulatedDirectory directory = new SimulatedDirectory();
        List<HintEntry> entries = new ArrayList<>();
        try (HintWriter writer = HintWriter.create(
                directory, HintEntry.STORE, HintEntry.SEGMENT, HintEntry.SEGMENT_LENGTH, HintEntry.DIGEST, 0)) {
            for (int i = 0; i < 1000; i++) {
                entries.add(new HintEntry(2, 0, i + 1L, 64 + i, 100, 0, "key-" + i));
                entries.get(i).addTo(writer);
            }
            writer.finish();
        }
        assertEquals(entries, HintEntry.read(directory));
        try (HintReader reader = HintEntry.open(directory)) {
            KeyFilter filter = reader.filter();
            entries.forEach(entry -> assertTrue(filter.mayContain(entry.fingerprint())));
        }
    }

    @Example
    void theFilterOfASegmentWithoutKeysKnowsNone() throws Exception {
        SimulatedDirectory directory = new SimulatedDirectory();
        HintEntry.write(directory, List.of());
        try (HintReader reader = HintEntry.open(directory)) {
            KeyFilter filter = reader.filter();
            for (long fingerprint = -100; fingerprint < 100; fingerprint++) {
                assertFalse(filter.mayContain(fingerprint << 40));
            }
        }
    }

    @Example
    void whatCannotBeIsNotWritten() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        try (HintWriter writer = HintWriter.create(directory, HintEntry.STORE, 7, 1000, 1, 1)) {
            for (HintEntry entry : List.of(
                    new HintEntry(0, 0, 1, 64, 100, 0, "k"),
                    new HintEntry(4, 0, 1, 64, 100, 0, "k"),
                    new HintEntry(1, 0, 0, 64, 100, 0, "k"),
                    new HintEntry(1, 0, 1, 63, 100, 0, "k"),
                    new HintEntry(1, 0, 1, 64, 1, 0, "k"),
                    new HintEntry(1, 0, 1, 901, 100, 0, "k"),
                    new HintEntry(1, 0, 1, 64, 100, 0, ""))) {
                assertThrows(IllegalArgumentException.class, () -> entry.addTo(writer), entry.toString());
            }
        }
        assertEquals(List.of(), directory.list(), "a writer that did not finish leaves nothing");
    }
}
