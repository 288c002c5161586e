package io.stave.engine.recovery;

import io.stave.CorruptionException;
import io.stave.engine.live.SegmentTally;
import io.stave.io.FileHeader;
import io.stave.io.StoreId;
import io.stave.keydir.CompactKeydir;
import io.stave.keydir.TableImage;
import io.stave.manifest.Manifest;
import io.stave.segment.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The first part of the file KEYDIR, and the only class that knows the layout: a {@link FileHeader} with magic {@code STAVEKEY}, whose file id is
 * the generation of the MANIFEST that vouches for it and whose own 24 bytes are
 *
 * <pre>
 *   36              40              44                        60
 *   +---------------+---------------+-------------------------+
 *   | segments u32  | stripes u32   | zeros                   |
 *   +---------------+---------------+-------------------------+
 * </pre>
 *
 * then for each segment, by ascending id,
 *
 * <pre>
 *   0        8             16                24               32               40       48
 *   +--------+-------------+-----------------+----------------+----------------+--------+
 *   | id     | live bytes  | tombstone bytes | expired bytes  | earliest       | flags  |
 *   | u64    | u64         | u64             | u64            | expiry i64     | u64    |
 *   +--------+-------------+-----------------+----------------+----------------+--------+
 * </pre>
 *
 * with flag 1 if a record there expires or has expired, then for each stripe
 *
 * <pre>
 *   0            4            8            12                     16
 *   +------------+------------+------------+----------------------+
 *   | slots u32  | homes u32  | keys u32   | CRC32C of its table  |
 *   +------------+------------+------------+----------------------+
 * </pre>
 *
 * then the CRC32C of all that, which the MANIFEST knows too, 0 replaced by 1. The tables follow, one behind the other, as they are in memory.
 */
final class KeydirIndex {

    static final long MAGIC = FileHeader.magic("STAVEKEY");
    static final int VERSION = 1;

    private static final int SEGMENTS_OFFSET = FileHeader.OWN_OFFSET;
    private static final int STRIPES_OFFSET = SEGMENTS_OFFSET + 4;
    private static final int SEGMENT_LENGTH = 6 * 8;
    private static final int STRIPE_LENGTH = 4 * 4;
    private static final int CHECKSUM_LENGTH = 4;
    private static final long HOLDS_EXPIRIES = 1;

    private final Map<Long, SegmentTally> tallies = new TreeMap<>();
    private final TableImage[] images = new TableImage[CompactKeydir.stripes()];
    private final int[] checksums = new int[images.length];

    private KeydirIndex() {
        Arrays.fill(images, new TableImage(0, 0, 0));
    }

    /** The index of a keydir that nobody changes, without the checksums of its tables. */
    static KeydirIndex of(CompactKeydir keydir, List<Segment> segments) {
        KeydirIndex index = new KeydirIndex();
        for (Segment segment : segments) {
            index.tallies.put(segment.id(), SegmentTally.of(segment));
        }
        for (int i = 0; i < index.images.length; i++) {
            index.images[i] = keydir.image(i);
        }
        return index;
    }

    /** The bytes of the index of a manifest's keydir. */
    static int length(int segments) {
        return FileHeader.LENGTH
                + segments * SEGMENT_LENGTH
                + CompactKeydir.stripes() * STRIPE_LENGTH
                + CHECKSUM_LENGTH;
    }

    Map<Long, SegmentTally> tallies() {
        return tallies;
    }

    TableImage image(int stripe) {
        return images[stripe];
    }

    int checksum(int stripe) {
        return checksums[stripe];
    }

    void setChecksum(int stripe, int checksum) {
        checksums[stripe] = checksum;
    }

    /** Where the tables begin. */
    long tables() {
        return length(tallies.size());
    }

    /** The length of the file. */
    long fileLength() {
        return tables() + Arrays.stream(images).mapToLong(TableImage::bytes).sum();
    }

    /** The bytes of the index; the last four are its checksum. */
    ByteBuffer encode(StoreId storeId, long generation) {
        ByteBuffer header = FileHeader.begin(MAGIC, VERSION, storeId, generation);
        header.putInt(SEGMENTS_OFFSET, tallies.size()).putInt(STRIPES_OFFSET, images.length);
        FileHeader.seal(header);
        ByteBuffer bytes = ByteBuffer.allocate(length(tallies.size())).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(header.duplicate().clear());
        tallies.forEach((id, tally) -> bytes.putLong(id)
                .putLong(tally.liveBytes.get())
                .putLong(tally.tombstoneBytes.get())
                .putLong(tally.expiredBytes.get())
                .putLong(tally.earliestExpiry.get())
                .putLong(tally.holdsExpiries ? HOLDS_EXPIRIES : 0));
        for (int i = 0; i < images.length; i++) {
            TableImage image = images[i];
            bytes.putInt(image.slots())
                    .putInt(image.homes())
                    .putInt(image.keys())
                    .putInt(checksums[i]);
        }
        bytes.putInt(checksumOf(bytes));
        return bytes.flip();
    }

    /** The checksum at the end of an encoded index. */
    static int checksum(ByteBuffer encoded) {
        return encoded.getInt(encoded.limit() - CHECKSUM_LENGTH);
    }

    /**
     * Decodes the index that {@code manifest} vouches for.
     *
     * @param file its bytes: as many as {@link #length} says, or fewer
     * @throws CorruptionException if it is not that one, or says what cannot be
     * @throws io.stave.FormatVersionException if a newer release wrote it
     */
    static KeydirIndex decode(ByteBuffer file, Manifest manifest) {
        String name = KeydirFile.NAME;
        FileHeader.verify(file, name, MAGIC, VERSION);
        FileHeader.verifyIdentity(file, name, manifest.storeId(), manifest.generation());
        int segments = manifest.segments().size();
        require(file.limit() == length(segments), 0, length(segments) + " bytes of index", file.limit() + " bytes");
        int end = file.limit() - CHECKSUM_LENGTH;
        int actual = checksumOf(file.position(end));
        require(
                actual == checksum(file) && actual == manifest.keydir(),
                end,
                String.format("checksum %08x, which the MANIFEST knows", manifest.keydir()),
                String.format("checksum %08x, and one computed to be %08x", checksum(file), actual));
        require(
                file.getInt(SEGMENTS_OFFSET) == segments && file.getInt(STRIPES_OFFSET) == CompactKeydir.stripes(),
                SEGMENTS_OFFSET,
                segments + " segments and " + CompactKeydir.stripes() + " stripes",
                file.getInt(SEGMENTS_OFFSET) + " and " + file.getInt(STRIPES_OFFSET));
        KeydirIndex index = new KeydirIndex();
        file.position(FileHeader.LENGTH);
        for (int i = 0; i < segments; i++) {
            long id = file.getLong();
            index.tallies.put(
                    id,
                    SegmentTally.of(
                            file.getLong(),
                            file.getLong(),
                            file.getLong(),
                            file.getLong(),
                            (file.getLong() & HOLDS_EXPIRIES) != 0));
            require(
                    manifest.segment(id).isPresent(),
                    file.position() - SEGMENT_LENGTH,
                    "a listed segment",
                    "segment " + Long.toHexString(id));
        }
        for (int i = 0; i < index.images.length; i++) {
            int at = file.position();
            index.images[i] = new TableImage(file.getInt(), file.getInt(), file.getInt());
            index.checksums[i] = file.getInt();
            require(index.images[i].possible(), at, "a table", index.images[i].toString());
        }
        return index;
    }

    private static void require(boolean holds, int at, String expected, String actual) {
        if (!holds) {
            throw new CorruptionException(KeydirFile.NAME, at, expected, actual);
        }
    }

    /** Of what lies before the position. 0 means in a MANIFEST that there is no file. */
    private static int checksumOf(ByteBuffer file) {
        CRC32C crc = new CRC32C();
        crc.update(file.duplicate().flip());
        int value = (int) crc.getValue();
        return value == Manifest.NO_KEYDIR ? 1 : value;
    }
}
