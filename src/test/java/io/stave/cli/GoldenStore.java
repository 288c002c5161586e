package io.stave.cli;

import io.stave.engine.live.HintBuilder;
import io.stave.io.RealDirectory;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import io.stave.keydir.KeyHash;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.manifest.StoreSecret;
import io.stave.segment.Digest;
import io.stave.segment.RecordFormat;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentLink;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A small store that is the same each time it is written: the files of {@code hints/golden/v1}. It has two sealed segments; in the second one key
 * of the first is overwritten and one is deleted, in a batch, and there is a key that would control a terminal and a page.
 */
final class GoldenStore {

    /** Where it lies in the repository. */
    static final Path GOLDEN = Path.of("hints", "golden", "v1");

    /** 2030-01-01T00:00:00Z. */
    private static final long EXPIRY = 1_893_456_000_000L;

    private static final StoreId STORE = new StoreId(0x1716151413121110L, 0x1F1E1D1C1B1A1918L);
    private static final StoreSecret SECRET = new StoreSecret(0x2726252423222120L, 0x2F2E2D2C2B2A2928L);

    private final ByteBuffer bytes = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    private final SegmentHeader header;
    private final Digest digest;
    private final long firstSequence;
    private long sequence;

    private GoldenStore(long id, long baseSequence, long predecessor, long predecessorLength) {
        header = new SegmentHeader(STORE, id, baseSequence, predecessor);
        digest = new Digest(id);
        firstSequence = baseSequence;
        sequence = baseSequence;
        bytes.put(header.encode());
        if (predecessorLength > 0) {
            ByteBuffer link = SegmentLink.encode(header, predecessorLength);
            digest.add(RecordFormat.storedChecksum(link, 0));
            bytes.put(link);
        }
    }

    /** Writes it into a directory that is there. */
    static void write(Path path) throws IOException {
        GoldenStore first = new GoldenStore(1, 1, 0, 0);
        first.put("apple", "red", 0, 0);
        first.put("pear", "green", EXPIRY, 0);
        first.put("\0ÿ", "\1\2\3", 0, 0);
        first.certificate();
        GoldenStore second = new GoldenStore(2, 4, 1, first.bytes.position());
        second.put("apple", "yellow", 0, RecordFormat.CONTINUES);
        second.delete("pear");
        second.put("\u001b[2J<script>", "A key may hold what a terminal or a browser obeys.", 0, 0);
        second.certificate();
        try (StoreDirectory directory = RealDirectory.open(path)) {
            List<ListedSegment> segments = List.of(first.seal(path), second.seal(path));
            HintBuilder hints = new HintBuilder(directory, new KeyHash(SECRET.first(), SECRET.second()));
            for (ListedSegment segment : segments) {
                hints.build(segment);
            }
            ManifestFile.install(
                    directory, new Manifest(STORE, SECRET, 9, 10_000, 64, Manifest.NO_KEYDIR, List.of(), segments));
        }
    }

    private void put(String key, String value, long expiry, int more) {
        byte[] keyBytes = key.getBytes(StandardCharsets.ISO_8859_1);
        byte[] valueBytes = value.getBytes(StandardCharsets.ISO_8859_1);
        int flags = more | (expiry == 0 ? 0 : RecordFormat.EXPIRY);
        int at = bytes.position();
        int length = RecordFormat.length(keyBytes.length, valueBytes.length, expiry != 0);
        RecordFormat.putHeader(bytes, at, RecordFormat.PUT, flags, sequence++, keyBytes.length, valueBytes.length);
        if (expiry != 0) {
            RecordFormat.putExpiry(bytes, at, expiry);
        }
        bytes.put(RecordFormat.keyOffset(at, flags), keyBytes);
        bytes.put(RecordFormat.valueOffset(at, flags, keyBytes.length), valueBytes);
        seal(at, length);
    }

    private void delete(String key) {
        byte[] keyBytes = key.getBytes(StandardCharsets.ISO_8859_1);
        int at = bytes.position();
        RecordFormat.putHeader(bytes, at, RecordFormat.TOMBSTONE, 0, sequence++, keyBytes.length, 0);
        bytes.put(RecordFormat.keyOffset(at, 0), keyBytes);
        seal(at, RecordFormat.length(keyBytes.length, 0, false));
    }

    private void certificate() {
        int at = bytes.position();
        RecordFormat.certificate(bytes, at, at);
        seal(at, RecordFormat.CERTIFICATE_LENGTH);
    }

    private void seal(int at, int length) {
        digest.add(RecordFormat.seal(bytes, at, length, RecordFormat.mask(STORE, header.segmentId(), at)));
        bytes.position(at + length);
    }

    private ListedSegment seal(Path path) throws IOException {
        Files.write(
                path.resolve(SegmentNames.segment(header.segmentId())), Arrays.copyOf(bytes.array(), bytes.position()));
        return ListedSegment.sealed(
                STORE, header.segmentId(), bytes.position(), digest.value(), firstSequence, sequence - 1);
    }

    /** Copies the store that lies in the repository. */
    static Path copy(Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.newDirectoryStream(GOLDEN)) {
            for (Path file : files) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }
}
