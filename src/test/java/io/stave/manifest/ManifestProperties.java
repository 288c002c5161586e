package io.stave.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.io.FileHeader;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreId;
import io.stave.manifest.ListedSegment.State;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A MANIFEST comes back as it was written, or not at all. */
class ManifestProperties {

    private static final StoreId STORE = new StoreId(0x1111L, 0x2222L);
    private static final StoreSecret SECRET = new StoreSecret(0x3333L, 0x4444L);

    @Provide
    Arbitrary<Manifest> manifests() {
        Arbitrary<Long> any = Arbitraries.longs();
        Arbitrary<Long> ceiling = Arbitraries.longs().between(0, Long.MAX_VALUE);
        Arbitrary<ListedSegment> segment = Combinators.combine(
                        any.map(id -> new StoreId(id, ~id)),
                        Arbitraries.longs().between(1, Long.MAX_VALUE),
                        Arbitraries.of(State.class),
                        Arbitraries.of(true, false),
                        Arbitraries.longs().between(1, Long.MAX_VALUE),
                        any,
                        any,
                        any)
                .as(ListedSegment::new);
        return Combinators.combine(
                        any,
                        any,
                        any,
                        Arbitraries.longs().between(1, Long.MAX_VALUE),
                        ceiling,
                        segment.list().ofMaxSize(5))
                .as((high, secret, low, generation, sequences, segments) -> {
                    StoreId storeId = new StoreId(high, low);
                    List<ListedSegment> legal = new ArrayList<>();
                    for (ListedSegment s : segments) {
                        if (legal.stream().noneMatch(l -> l.id() == s.id()) && s.maxSequence() <= sequences) {
                            legal.add(s.isSealed() ? s : owned(s, storeId));
                        }
                    }
                    return new Manifest(
                            storeId,
                            new StoreSecret(secret, ~secret),
                            generation,
                            sequences,
                            Long.MAX_VALUE,
                            legal.stream().allMatch(ListedSegment::isSealed)
                                    ? (int) secret.longValue()
                                    : Manifest.NO_KEYDIR,
                            legal.stream()
                                    .map(ListedSegment::storeId)
                                    .filter(id -> !id.equals(storeId))
                                    .distinct()
                                    .toList(),
                            legal);
                });
    }

    private static ListedSegment owned(ListedSegment s, StoreId storeId) {
        return new ListedSegment(
                storeId, s.id(), s.state(), s.damaged(), s.length(), s.digest(), s.minSequence(), s.maxSequence());
    }

    @Property(tries = 300)
    void whatIsInstalledIsRead(@ForAll("manifests") Manifest manifest) throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        ManifestFile.install(directory, manifest);
        assertEquals(manifest, ManifestFile.read(directory));
        assertEquals(List.of(ManifestFile.NAME), directory.list());
        assertEquals(List.of(), directory.leaks());
    }

    @Property(tries = 20)
    void everyFlippedBitIsCorruption(@ForAll("manifests") Manifest manifest) throws IOException {
        byte[] bytes = bytes(manifest);
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
            assertCorrupt(bytes, "bit " + bit);
            bytes[bit >> 3] ^= (byte) (1 << (bit & 7));
        }
        assertEquals(manifest, read(bytes));
    }

    @Property(tries = 20)
    void everyOtherLengthIsCorruption(@ForAll("manifests") Manifest manifest) throws IOException {
        byte[] bytes = bytes(manifest);
        for (int length = 0; length < bytes.length + 100; length++) {
            if (length != bytes.length) {
                assertCorrupt(Arrays.copyOf(bytes, length), length + " bytes");
            }
        }
    }

    @Example
    void noManifestIsSaidSo() {
        assertThrows(NoSuchFileException.class, () -> ManifestFile.read(new SimulatedDirectory()));
    }

    @Example
    void aNewerVersionIsRefusedByName() throws IOException {
        byte[] bytes = bytes(Manifest.first(STORE, SECRET));
        ByteBuffer header = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        header.putInt(8, 2);
        FileHeader.seal(header);
        FormatVersionException e = assertThrows(FormatVersionException.class, () -> read(bytes));
        assertEquals(ManifestFile.NAME, e.file());
        assertEquals(2, e.found());
    }

    /** What verifies and cannot be was written by something that is not this release: it is not guessed at. */
    @Example
    void whatVerifiesAndMakesNoSenseIsCorruption() throws IOException {
        Manifest manifest = new Manifest(
                STORE,
                SECRET,
                1,
                100,
                9,
                Manifest.NO_KEYDIR,
                List.of(),
                List.of(ListedSegment.active(STORE, 8, 1), ListedSegment.sealed(STORE, 9, 4096, 5, 6, 7)));
        int first = 80;
        int second = first + 48;
        for (int[] change : new int[][] {
            {56, 1},
            {first, 0},
            {first, 9},
            {first + 8, 0},
            {first + 8, 3},
            {first + 9, 2},
            {first + 10, 1},
            {first + 12, 1},
            {second, 10},
            {second + 17, 0},
            {second + 40, 101}
        }) {
            byte[] bytes = bytes(manifest);
            bytes[change[0]] = (byte) change[1];
            reseal(bytes);
            assertCorrupt(bytes, change[1] + " at " + change[0]);
        }
    }

    @Example
    void aWildCountCostsNoMemory() throws IOException {
        byte[] bytes = bytes(Manifest.first(STORE, SECRET));
        Arrays.fill(bytes, 52, 56, (byte) 0xFF);
        reseal(bytes);
        assertCorrupt(bytes, "4,294,967,295 segments");
        Arrays.fill(bytes, 52, 60, (byte) 0xFF);
        reseal(bytes);
        assertCorrupt(bytes, "4,294,967,295 origins");
    }

    @Example
    void eachManifestHasTheNextGeneration() {
        Manifest first = Manifest.first(STORE, SECRET);
        assertEquals(1, first.generation());
        Manifest later = first.withSequenceCeiling(10)
                .withSegmentIdCeiling(5)
                .with(ListedSegment.active(STORE, 3, 1))
                .with(ListedSegment.active(STORE, 2, 1))
                .with(ListedSegment.sealed(STORE, 3, 100, 1, 1, 9));
        assertEquals(6, later.generation());
        assertEquals(
                List.of(2L, 3L),
                later.segments().stream().map(ListedSegment::id).toList());
        assertTrue(later.segment(3).orElseThrow().isSealed());
        assertTrue(later.segment(3).orElseThrow().withDamage().damaged());
        assertTrue(later.segment(4).isEmpty());
        assertEquals(SECRET, later.secret());
        assertEquals(STORE, later.storeId());
    }

    @Example
    void whatContradictsItselfIsRefused() {
        Manifest manifest =
                Manifest.first(STORE, SECRET).withSegmentIdCeiling(5).withSequenceCeiling(9);
        ListedSegment three = ListedSegment.active(STORE, 3, 1);
        refused(() -> manifest.withSegments(List.of(three, three)));
        refused(() -> manifest.with(ListedSegment.active(STORE, 6, 1)));
        refused(() -> manifest.with(ListedSegment.sealed(STORE, 5, 100, 1, 1, 10)));
        refused(() -> manifest.with(three).withSegmentIdCeiling(2));
        refused(() ->
                manifest.with(ListedSegment.sealed(STORE, 3, 100, 1, 1, 9)).withSequenceCeiling(8));
        refused(() -> manifest.with(ListedSegment.active(new StoreId(7, 8), 3, 1)));
        refused(() -> ListedSegment.active(STORE, 0, 1));
        refused(() -> ListedSegment.sealed(STORE, 1, 0, 1, 1, 9));
    }

    @Example
    void theSecretIsNotShown() {
        String shown =
                Manifest.first(STORE, new StoreSecret(0x5EC4E7L, 6210279L)).toString();
        assertFalse(shown.contains(String.valueOf(0x5EC4E7L)) || shown.contains("6210279"), shown);
    }

    private static void refused(org.junit.jupiter.api.function.Executable change) {
        assertThrows(IllegalArgumentException.class, change);
    }

    private static void reseal(byte[] bytes) {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        FileHeader.seal(file);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - 4);
        file.putInt(bytes.length - 4, (int) crc.getValue());
    }

    private static void assertCorrupt(byte[] bytes, String what) {
        CorruptionException e = assertThrows(CorruptionException.class, () -> read(bytes), what);
        assertEquals(ManifestFile.NAME, e.file());
    }

    private static byte[] bytes(Manifest manifest) throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        ManifestFile.install(directory, manifest);
        return directory.content(ManifestFile.NAME);
    }

    private static Manifest read(byte[] bytes) throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        directory.damage(ManifestFile.NAME, bytes);
        return ManifestFile.read(directory);
    }

    /** What was written down of the keydir is that of one list of segments. */
    @Property(tries = 100)
    void noManifestVouchesForTheKeydirOfTheOneBefore(@ForAll("manifests") Manifest manifest) {
        List<Manifest> next = List.of(
                manifest.withSequenceCeiling(Long.MAX_VALUE),
                manifest.withSegmentIdCeiling(Long.MAX_VALUE),
                manifest.withSegments(manifest.segments()),
                manifest.withForced(Map.of()));
        next.forEach(derived -> assertEquals(Manifest.NO_KEYDIR, derived.keydir()));
        List<ListedSegment> sealed =
                manifest.segments().stream().filter(ListedSegment::isSealed).toList();
        assertEquals(7, manifest.withSegments(sealed).withKeydir(7).keydir());
    }
}
