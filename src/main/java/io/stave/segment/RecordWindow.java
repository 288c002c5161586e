package io.stave.segment;

import io.stave.io.ChecksumMask;
import io.stave.io.FileWindow;
import io.stave.io.ReadableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A window over a segment in which one record or certificate after the other is loaded and verified, without a mapping.
 *
 * <p>A length whose checksum failed is never acted upon (I4): until the record verifies, its lengths serve only to choose the bytes to check,
 * and are bounded first by what a record may have and by what the file holds, so that a wild one costs no memory. When it does not verify,
 * nothing says where the next record would start.
 *
 * <p>Reusable for one segment after another, to spare the allocation; not thread-safe.
 */
final class RecordWindow {

    /** What {@link #load} found is no record: zeros, or fewer bytes than a record has. */
    static final int NOTHING = 0;

    /** What {@link #load} found is damage; {@link #reason()} says in what way. */
    static final int DAMAGE = -1;

    private final FileWindow window = new FileWindow();
    private final CRC32C crc = new CRC32C();
    private long maskSeed;
    private long limit;

    // What was found where nothing verified.
    private int storedChecksum;
    private int computedChecksum;
    private String reason = "";

    /** Turns to the first {@code newLimit} bytes of a segment; {@code newMaskSeed} is {@link RecordFormat#maskSeed}. */
    void open(ReadableFile file, long newMaskSeed, long newLimit) {
        maskSeed = newMaskSeed;
        limit = newLimit;
        storedChecksum = 0;
        computedChecksum = 0;
        reason = "";
        window.open(file, newLimit);
    }

    /** Lets go of the file, which stays open, and keeps the memory. */
    void close() {
        window.close();
    }

    /**
     * Returns the length of what lies at {@code at}, below the limit, if it is a record or certificate that lies wholly below the limit and
     * verifies; it is in the window then. Else {@link #NOTHING} or {@link #DAMAGE}.
     */
    int load(long at) throws IOException {
        if (!window.load(at, (int) Math.min(RecordFormat.HEADER_LENGTH, limit - at))) {
            return damage("the end of the file, which became shorter while it was read");
        }
        if (limit - at < RecordFormat.HEADER_LENGTH || zeroHeader(at)) {
            return NOTHING;
        }
        ByteBuffer buffer = window.buffer();
        int position = window.position(at);
        int kind = RecordFormat.kind(buffer, position);
        int flags = RecordFormat.flags(buffer, position);
        int keyLength = RecordFormat.keyLength(buffer, position);
        int valueLength = RecordFormat.valueLength(buffer, position);
        if (!RecordFormat.legal(kind, flags, RecordFormat.sequence(buffer, position), keyLength, valueLength)) {
            return damage("a header that claims " + RecordFormat.describe(kind, flags, keyLength, valueLength));
        }
        int length = RecordFormat.length(keyLength, valueLength, (flags & RecordFormat.EXPIRY) != 0);
        if (!window.load(at, length)) {
            return damage("a header that claims " + length + " bytes where " + (limit - at) + " are left");
        }
        int computed = RecordFormat.checksum(crc, window.buffer(), window.position(at), length)
                ^ ChecksumMask.at(maskSeed, at);
        int stored = RecordFormat.storedChecksum(window.buffer(), window.position(at));
        if (computed != stored) {
            storedChecksum = stored;
            computedChecksum = computed;
            return damage("a record of " + length + " bytes that does not verify");
        }
        return length;
    }

    /** Has the records that are loaded from {@code at} on stay in the window, if they fit. */
    void keep(long at) {
        window.keep(at);
    }

    /** Whether everything that was loaded from {@code at} on, one after the other, is still in the window. */
    boolean holdsSince(long at) {
        return window.reachesBackTo(at);
    }

    /** Returns the length of a record that was loaded and is still in the window. */
    int length(long at) {
        ByteBuffer buffer = window.buffer();
        int position = window.position(at);
        boolean expiry = (RecordFormat.flags(buffer, position) & RecordFormat.EXPIRY) != 0;
        return RecordFormat.length(
                RecordFormat.keyLength(buffer, position), RecordFormat.valueLength(buffer, position), expiry);
    }

    /** Makes bytes visible that need not be a record; false if the limit or the end of the file comes first. */
    boolean loadRaw(long at, int length) throws IOException {
        return window.load(at, length);
    }

    /** The memory behind the window, little-endian, for absolute access; another one may be in use after each load. */
    ByteBuffer buffer() {
        return window.buffer();
    }

    /** Where the byte at {@code offset} of the file lies in {@link #buffer()}. */
    int position(long offset) {
        return window.position(offset);
    }

    /** The offset after the last visible byte. */
    long end() {
        return window.end();
    }

    /** The checksum found at the damage if one was compared, mask included; else 0. */
    int storedChecksum() {
        return storedChecksum;
    }

    /** What it should have been; equal to the stored one if none was compared. */
    int computedChecksum() {
        return computedChecksum;
    }

    /** What the damage is, in words. */
    String reason() {
        return reason;
    }

    private int damage(String found) {
        reason = found;
        return DAMAGE;
    }

    private boolean zeroHeader(long at) {
        ByteBuffer buffer = window.buffer();
        int position = window.position(at);
        return buffer.getLong(position) == 0 && buffer.getLong(position + 8) == 0 && buffer.getInt(position + 16) == 0;
    }
}
