package io.stave.manifest;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.io.FileHeader;
import io.stave.io.StoreId;
import io.stave.manifest.ListedSegment.State;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The layout of a MANIFEST, and the only class that knows it. A {@link FileHeader} with magic {@code STAVEMAN}, whose file id is the
 * generation and whose own 24 bytes are
 *
 * <pre>
 *   36               44                  52      56      60
 *   +----------------+-------------------+-------+-------+
 *   | sequence       | segment id        | count | ori-  |
 *   | ceiling u64    | ceiling u64       | u32   | gins  |
 *   +----------------+-------------------+-------+-------+
 * </pre>
 *
 * then the 16 bytes of the secret, then the 16 bytes of each origin, a store id, then {@code count} times, by ascending id
 *
 * <pre>
 *   0       8       9       10     12       16       24       32             40             48
 *   +-------+-------+-------+------+--------+--------+--------+--------------+--------------+
 *   | id    | state | flags | zero | origin | length | digest | min sequence | max sequence |
 *   | u64   | u8    | u8    | u16  | u32    | u64    | u64    | u64          | u64          |
 *   +-------+-------+-------+------+--------+--------+--------+--------------+--------------+
 * </pre>
 *
 * then the checksum, u32, of the file KEYDIR that belongs to this MANIFEST, 0 if none does, then the CRC32C, u32, of everything before it.
 * State: 1 active, 2 sealed. Flags: 1 damaged. Origin: 0 for the store's own segment, else which of the origins wrote it, from 1.
 */
final class ManifestFormat {

    static final long MAGIC = FileHeader.magic("STAVEMAN");
    static final int VERSION = 1;

    private static final int SEQUENCE_CEILING_OFFSET = FileHeader.OWN_OFFSET;
    private static final int ID_CEILING_OFFSET = SEQUENCE_CEILING_OFFSET + 8;
    private static final int COUNT_OFFSET = ID_CEILING_OFFSET + 8;
    private static final int ORIGINS_OFFSET = COUNT_OFFSET + 4;
    private static final int SECRET_OFFSET = FileHeader.LENGTH;
    private static final int BODY_OFFSET = SECRET_OFFSET + 8 + 8;
    private static final int SEGMENT_LENGTH = 8 + 1 + 1 + 2 + 4 + 8 + 8 + 8 + 8;
    private static final int KEYDIR_LENGTH = 4;
    private static final int CHECKSUM_LENGTH = 4;

    private static final int ACTIVE = 1;
    private static final int SEALED = 2;
    private static final int DAMAGED = 1;

    /** The most segments that one MANIFEST lists: its file stays far below what an array can hold. */
    static final int MAX_SEGMENTS = 10_000_000;

    /** The most origins that one MANIFEST lists: a store gets another one by each restore of its restores. */
    static final int MAX_ORIGINS = 10_000;

    private ManifestFormat() {}

    /** Returns the bytes of a file that lists so many segments and origins, unsigned numbers. */
    static long length(int count, int origins) {
        return BODY_OFFSET
                + StoreId.LENGTH * Integer.toUnsignedLong(origins)
                + SEGMENT_LENGTH * Integer.toUnsignedLong(count)
                + KEYDIR_LENGTH
                + CHECKSUM_LENGTH;
    }

    /** Returns how many segments a verified header announces, an unsigned number. */
    static int count(ByteBuffer header) {
        return header.getInt(COUNT_OFFSET);
    }

    /** Returns how many origins a verified header announces, an unsigned number. */
    static int origins(ByteBuffer header) {
        return header.getInt(ORIGINS_OFFSET);
    }

    /** Whether there may be so many, unsigned numbers. */
    static boolean possible(int count, int origins) {
        return Integer.compareUnsigned(count, MAX_SEGMENTS) <= 0 && Integer.compareUnsigned(origins, MAX_ORIGINS) <= 0;
    }

    static ByteBuffer encode(Manifest manifest) {
        List<ListedSegment> segments = manifest.segments();
        List<StoreId> origins = manifest.origins();
        if (!possible(segments.size(), origins.size())) {
            throw new IllegalArgumentException(segments.size() + " segments of " + origins.size()
                    + " other stores, and a MANIFEST lists " + MAX_SEGMENTS + " of " + MAX_ORIGINS);
        }
        ByteBuffer header = FileHeader.begin(MAGIC, VERSION, manifest.storeId(), manifest.generation());
        header.putLong(SEQUENCE_CEILING_OFFSET, manifest.sequenceCeiling());
        header.putLong(ID_CEILING_OFFSET, manifest.segmentIdCeiling());
        header.putInt(COUNT_OFFSET, segments.size());
        header.putInt(ORIGINS_OFFSET, origins.size());
        FileHeader.seal(header);
        ByteBuffer file = ByteBuffer.allocate((int) length(segments.size(), origins.size()))
                .order(ByteOrder.LITTLE_ENDIAN);
        file.put(header.duplicate().clear());
        file.putLong(manifest.secret().first()).putLong(manifest.secret().second());
        origins.forEach(origin -> file.putLong(origin.high()).putLong(origin.low()));
        for (ListedSegment segment : segments) {
            file.putLong(segment.id());
            file.put((byte) (segment.isSealed() ? SEALED : ACTIVE));
            file.put((byte) (segment.damaged() ? DAMAGED : 0));
            file.putShort((short) 0).putInt(1 + origins.indexOf(segment.storeId()));
            file.putLong(segment.length()).putLong(segment.digest());
            file.putLong(segment.minSequence()).putLong(segment.maxSequence());
        }
        file.putInt(manifest.keydir());
        file.putInt(checksum(file, file.position()));
        return file.flip();
    }

    /**
     * Decodes a whole file.
     *
     * @throws CorruptionException if anything does not verify, or says what cannot be
     * @throws FormatVersionException if a newer release wrote it
     */
    static Manifest decode(ByteBuffer file, String name) {
        FileHeader.verify(file, name, MAGIC, VERSION);
        int count = count(file);
        int origins = origins(file);
        if (file.limit() != length(count, origins)) {
            throw new CorruptionException(
                    name,
                    COUNT_OFFSET,
                    length(count, origins) + " bytes for " + Integer.toUnsignedString(count) + " segments",
                    file.limit() + " bytes");
        }
        int end = file.limit() - CHECKSUM_LENGTH;
        int stored = file.getInt(end);
        int actual = checksum(file, end);
        if (stored != actual) {
            throw new CorruptionException(
                    name,
                    end,
                    String.format("a file with checksum %08x", stored),
                    String.format("one whose checksum is %08x", actual));
        }
        List<StoreId> stores = new ArrayList<>(1 + origins);
        stores.add(FileHeader.storeId(file));
        for (int i = 0; i < origins; i++) {
            stores.add(StoreId.get(file, BODY_OFFSET + i * StoreId.LENGTH));
        }
        int at = BODY_OFFSET + origins * StoreId.LENGTH;
        List<ListedSegment> segments = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            segments.add(segment(file, at + i * SEGMENT_LENGTH, stores, name));
        }
        return manifest(file, name, stores, segments);
    }

    private static Manifest manifest(ByteBuffer file, String name, List<StoreId> stores, List<ListedSegment> segments) {
        try {
            return new Manifest(
                    stores.get(0),
                    new StoreSecret(file.getLong(SECRET_OFFSET), file.getLong(SECRET_OFFSET + 8)),
                    FileHeader.id(file),
                    file.getLong(SEQUENCE_CEILING_OFFSET),
                    file.getLong(ID_CEILING_OFFSET),
                    file.getInt(file.limit() - CHECKSUM_LENGTH - KEYDIR_LENGTH),
                    stores.subList(1, stores.size()),
                    segments);
        } catch (IllegalArgumentException e) {
            throw impossible(name, BODY_OFFSET, e);
        }
    }

    private static ListedSegment segment(ByteBuffer file, int at, List<StoreId> stores, String name) {
        int state = file.get(at + 8);
        int flags = file.get(at + 9);
        require(state == ACTIVE || state == SEALED, name, at + 8, "state 1 or 2", "state " + state);
        require((flags & ~DAMAGED) == 0, name, at + 9, "flags 0 or 1", "flags " + flags);
        require(file.getShort(at + 10) == 0, name, at + 10, "zeros", "something else");
        int origin = file.getInt(at + 12);
        require(
                origin >= 0 && origin < stores.size(),
                name,
                at + 12,
                "an origin below " + stores.size(),
                Integer.toUnsignedString(origin));
        try {
            return new ListedSegment(
                    stores.get(origin),
                    file.getLong(at),
                    state == SEALED ? State.SEALED : State.ACTIVE,
                    (flags & DAMAGED) != 0,
                    file.getLong(at + 16),
                    file.getLong(at + 24),
                    file.getLong(at + 32),
                    file.getLong(at + 40));
        } catch (IllegalArgumentException e) {
            throw impossible(name, at, e);
        }
    }

    private static void require(boolean holds, String name, int at, String expected, String actual) {
        if (!holds) {
            throw new CorruptionException(name, at, expected, actual);
        }
    }

    private static CorruptionException impossible(String name, int at, IllegalArgumentException e) {
        return new CorruptionException(name, at, "a list of segments that can be", String.valueOf(e.getMessage()));
    }

    private static int checksum(ByteBuffer file, int length) {
        CRC32C crc = new CRC32C();
        crc.update(file.duplicate().position(0).limit(length));
        return (int) crc.getValue();
    }
}
