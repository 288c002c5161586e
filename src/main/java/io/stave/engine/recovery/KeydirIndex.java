package io.stave.engine.recovery;

import io.stave.CorruptionException;
import io.stave.engine.live.SegmentTally;
import io.stave.io.FileHeader;
import io.stave.io.StoreId;
import io.stave.keydir.KeydirForm;
import io.stave.keydir.KeydirImage;
import io.stave.keydir.KeydirMaker;
import io.stave.keydir.PartImage;
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
 * The first part of the file KEYDIR, and the only class that knows the layout: a {@link FileHeader} with the magic of a {@link KeydirForm}, whose file
 * id is the generation of the MANIFEST that vouches for it and whose own 24 bytes are
 *
 * <pre>
 *   36              40              44                        60
 *   +---------------+---------------+-------------------------+
 *   | segments u32  | parts u32     | zeros                   |
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
 * with flag 1 if a record there expires or has expired, then for each part its {@link PartImage} and the CRC32C of its bytes, then the CRC32C of
 * all that, which the MANIFEST knows too, 0 replaced by 1. The parts follow, one behind the other, as they are in memory.
 */
final class KeydirIndex {

    static final int VERSION = 1;

    private static final int SEGMENTS_OFFSET = FileHeader.OWN_OFFSET;
    private static final int PARTS_OFFSET = SEGMENTS_OFFSET + 4;
    private static final int SEGMENT_LENGTH = 6 * 8;
    private static final int CHECKSUM_LENGTH = 4;
    private static final long HOLDS_EXPIRIES = 1;

    private final Map<Long, SegmentTally> tallies = new TreeMap<>();
    private final KeydirForm form;
    private final PartImage[] images;
    private final int[] checksums;

    private KeydirIndex(KeydirForm form) {
        this.form = form;
        this.images = new PartImage[form.parts()];
        this.checksums = new int[form.parts()];
    }

    /** The index of a keydir that nobody changes, without the checksums of its parts. */
    static KeydirIndex of(KeydirImage keydir, List<Segment> segments) {
        KeydirIndex index = new KeydirIndex(keydir.form());
        for (Segment segment : segments) {
            index.tallies.put(segment.id(), SegmentTally.of(segment));
        }
        for (int i = 0; i < index.images.length; i++) {
            index.images[i] = keydir.part(i);
        }
        return index;
    }

    /** The bytes of the index of a manifest's keydir. */
    static int length(KeydirForm form, int segments) {
        return FileHeader.LENGTH
                + segments * SEGMENT_LENGTH
                + form.parts() * (form.descriptionLength() + CHECKSUM_LENGTH)
                + CHECKSUM_LENGTH;
    }

    Map<Long, SegmentTally> tallies() {
        return tallies;
    }

    int parts() {
        return images.length;
    }

    PartImage image(int part) {
        return images[part];
    }

    int checksum(int part) {
        return checksums[part];
    }

    void setChecksum(int part, int checksum) {
        checksums[part] = checksum;
    }

    /** Where the parts begin. */
    long header() {
        return length(form, tallies.size());
    }

    /** Whether each part is short enough to be written down: it is handled as one buffer. */
    boolean fits() {
        return Arrays.stream(images).allMatch(image -> image.bytes() <= Integer.MAX_VALUE);
    }

    /** The length of the file. */
    long fileLength() {
        return header() + Arrays.stream(images).mapToLong(PartImage::bytes).sum();
    }

    /** The bytes of the index; the last four are its checksum. */
    ByteBuffer encode(StoreId storeId, long generation) {
        ByteBuffer header = FileHeader.begin(FileHeader.magic(form.magic()), VERSION, storeId, generation);
        header.putInt(SEGMENTS_OFFSET, tallies.size()).putInt(PARTS_OFFSET, images.length);
        FileHeader.seal(header);
        ByteBuffer bytes = ByteBuffer.allocate(length(form, tallies.size())).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(header.duplicate().clear());
        tallies.forEach((id, tally) -> bytes.putLong(id)
                .putLong(tally.liveBytes.get())
                .putLong(tally.tombstoneBytes.get())
                .putLong(tally.expiredBytes.get())
                .putLong(tally.earliestExpiry.get())
                .putLong(tally.holdsExpiries ? HOLDS_EXPIRIES : 0));
        for (int i = 0; i < images.length; i++) {
            images[i].encode(bytes);
            bytes.putInt(checksums[i]);
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
     * @throws OtherKeydirException if it was left by a keydir of another kind
     */
    static KeydirIndex decode(ByteBuffer file, Manifest manifest, KeydirMaker<?> maker) throws OtherKeydirException {
        KeydirForm form = maker.form();
        String name = KeydirFile.NAME;
        refuseOtherForms(file, form);
        FileHeader.verify(file, name, FileHeader.magic(form.magic()), VERSION);
        FileHeader.verifyIdentity(file, name, manifest.storeId(), manifest.generation());
        int segments = manifest.segments().size();
        require(
                file.limit() == length(form, segments),
                0,
                length(form, segments) + " bytes of index",
                file.limit() + " bytes");
        int end = file.limit() - CHECKSUM_LENGTH;
        int actual = checksumOf(file.position(end));
        require(
                actual == checksum(file) && actual == manifest.keydir(),
                end,
                String.format("checksum %08x, which the MANIFEST knows", manifest.keydir()),
                String.format("checksum %08x, and one computed to be %08x", checksum(file), actual));
        require(
                file.getInt(SEGMENTS_OFFSET) == segments && file.getInt(PARTS_OFFSET) == form.parts(),
                SEGMENTS_OFFSET,
                segments + " segments and " + form.parts() + " parts",
                file.getInt(SEGMENTS_OFFSET) + " and " + file.getInt(PARTS_OFFSET));
        KeydirIndex index = new KeydirIndex(form);
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
            try {
                index.images[i] = maker.decode(file);
            } catch (IllegalArgumentException e) {
                throw new CorruptionException(name, at, "what a keydir has", String.valueOf(e.getMessage()));
            }
            index.checksums[i] = file.getInt();
        }
        return index;
    }

    private static void refuseOtherForms(ByteBuffer file, KeydirForm form) throws OtherKeydirException {
        for (KeydirForm other : KeydirForm.values()) {
            if (other != form && file.limit() >= Long.BYTES && file.getLong(0) == FileHeader.magic(other.magic())) {
                throw new OtherKeydirException(other, form);
            }
        }
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
