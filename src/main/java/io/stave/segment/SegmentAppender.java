package io.stave.segment;

import io.stave.io.Mapping;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.WritableFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The write side of an active segment: appends through a channel, forces, and keeps the readable {@link Segment} mapped ahead of itself.
 *
 * <p>The file is extended ahead of the data in steps that double up to an eighth of the capacity (zeros are a legal tail, I4), because a mapping may not reach past the end of
 * its file and must not be made anew for each record. Bytes are written through the channel, so a full disk is an exception and not a
 * SIGBUS (design decision 4).
 *
 * <p>Where what is appended or forced each time is little, zeros are written ahead of the data, many at a time: the page cache and the file system
 * then make room in large pieces, and a force of bytes that have their blocks already need not wait for the file system's own log.
 *
 * <p>It is created ahead of its use; {@link #begin} comes before the first append.
 *
 * <p>Guards: one appending thread at a time, with a happens-before edge from one to the next (the write path's leadership); {@link #force}
 * may run beside it on any thread.
 */
public final class SegmentAppender implements Closeable {

    private static final int FIRST_STEP = 64 * 1024;

    /** No step is longer than this part of the capacity, so that what is not in use yet stays small beside what is. */
    private static final int STEPS = 8;

    private static final int ZERO_PAGE = 4096;

    /** So many bytes of zeros are written ahead at a time where what is forced is little, or an eighth of a small segment. */
    private static final int ZEROS_TO_FORCE = 256 * 1024;

    /** It is little if so many forces fell into as many bytes last. */
    private static final int WORTH_FORCES = 4;

    /** Up to the next multiple of this where what is appended is little: the page cache then takes pieces of this size. */
    private static final int ZEROS_TO_APPEND = 64 * 1024;

    /** An append up to so many bytes is little, but not in a short segment: zeros would take more room there than they save time. */
    private static final int LITTLE = 32 * 1024;

    /** Shared by all: nobody writes into it. */
    private static final ByteBuffer ZERO_BYTES =
            ByteBuffer.allocateDirect(ZEROS_TO_FORCE + LITTLE).asReadOnlyBuffer();

    private final StoreDirectory directory;
    private final WritableFile file;
    private final SegmentHeader header;
    private final Segment segment;
    private final Consumer<Mapping> retire;
    private final Digest digest;

    // The appending thread only.
    private long capacity;
    private long longest;
    private long mapped;
    private long position = SegmentHeader.LENGTH;
    private long certified;

    /** Up to here zeros were written, or were not worth it. */
    private long zeroed;

    private int forcesAtZeroed;
    private long lastStep = ZEROS_TO_FORCE;

    // Written under the force lock.
    private final ReentrantLock forceLock = new ReentrantLock();
    private volatile long forced = SegmentHeader.LENGTH;
    private volatile int forces;
    private @Nullable IOException broken;

    private SegmentAppender(
            StoreDirectory directory,
            WritableFile file,
            SegmentHeader header,
            Segment segment,
            long mapped,
            long capacity,
            Consumer<Mapping> retire) {
        this.directory = directory;
        this.file = file;
        this.header = header;
        this.segment = segment;
        this.mapped = mapped;
        this.capacity = capacity;
        this.retire = retire;
        this.digest = new Digest(segment.id());
    }

    /**
     * Creates the file, writes its header and forces it; the directory is not forced.
     *
     * @param capacity what is known now of the length it may get, in bytes
     * @param retire takes a mapping that was replaced, to release it when its readers have left
     * @throws IOException if that fails; then no file is left behind
     */
    public static SegmentAppender create(
            StoreDirectory directory, SegmentHeader header, long capacity, Consumer<Mapping> retire)
            throws IOException {
        String name = SegmentNames.segment(header.segmentId());
        WritableFile file = directory.create(name);
        try {
            long length = Math.min(FIRST_STEP, Math.max(capacity, SegmentHeader.LENGTH));
            file.extend(length);
            file.write(header.encode(), 0);
            file.force();
            Segment segment = Segment.active(
                    header.storeId(), header.segmentId(), map(directory, name, length), header.baseSequence());
            return new SegmentAppender(directory, file, header, segment, length, capacity, retire);
        } catch (IOException | RuntimeException e) {
            abandon(directory, file, e);
            throw e;
        }
    }

    private static void abandon(StoreDirectory directory, WritableFile file, Exception cause) {
        try {
            file.close();
            directory.delete(file.name());
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static Mapping map(StoreDirectory directory, String name, long length) throws IOException {
        try (ReadableFile readable = directory.open(name)) {
            return readable.map(length);
        }
    }

    /**
     * The log goes on here: writes the link, if there is a predecessor. If that fails it may be called again.
     *
     * @param firstSequence the sequence of the first record to come
     * @param predecessor the id of the predecessor, which the header names, or 0
     * @param predecessorLength the bytes in use there, or 0
     * @param length the length in bytes beyond which {@link #fits} says no, unless the segment is empty
     * @throws IOException if the link cannot be written
     * @throws IllegalStateException if the header names another predecessor
     */
    public void begin(long firstSequence, long predecessor, long predecessorLength, long length) throws IOException {
        if (header.predecessorId() != predecessor) {
            throw new IllegalStateException(segment.name() + " was created to follow " + header.predecessorId()
                    + ", and the log comes from " + predecessor);
        }
        if (header.predecessorId() != 0) {
            ByteBuffer link = SegmentLink.encode(header, predecessorLength);
            file.write(link.duplicate(), SegmentHeader.LENGTH);
            digest.add(RecordFormat.storedChecksum(link, 0));
            position = SegmentHeader.LENGTH + SegmentLink.LENGTH;
        }
        capacity = length;
        longest = 2 * length;
        segment.begin(firstSequence);
    }

    /** What was written when it was created. */
    public SegmentHeader header() {
        return header;
    }

    /** The readable side. */
    public Segment segment() {
        return segment;
    }

    /** Where the next byte goes. */
    public long position() {
        return position;
    }

    /** The digest of all that was appended. */
    public Digest digest() {
        return digest;
    }

    /** Whether no record was appended. */
    public boolean isEmpty() {
        return segment.length() == SegmentHeader.LENGTH;
    }

    /** Whether {@code bytes} more stay within the capacity; an empty segment takes anything. */
    public boolean fits(long bytes) {
        return position + bytes <= capacity || isEmpty();
    }

    /** Twice the length that it was to have: longer it should not get. */
    public long longest() {
        return longest;
    }

    /** Makes it longer, for {@code bytes} more to fit, if it becomes no longer than {@code limit}; returns whether it did. */
    public boolean stretch(long bytes, long limit) {
        long needed = position + bytes;
        if (needed > limit) {
            return false;
        }
        capacity = Math.min(limit, Math.max(needed, capacity + capacity / STEPS));
        return true;
    }

    /** Whether it is time to think of the next one. */
    public boolean halfFull() {
        return position > capacity / 2;
    }

    /** Makes the file and the mapping reach over the next {@code bytes}. */
    public void reserve(long bytes) throws IOException {
        long needed = position + bytes;
        if (needed > mapped) {
            lengthen(needed);
        }
        if (needed > zeroed) {
            writeZeros(needed);
        }
    }

    private void lengthen(long needed) throws IOException {
        long step = Math.min(mapped, Math.max(FIRST_STEP, capacity / STEPS));
        long length = Math.max(needed, Math.min(mapped + step, capacity));
        file.extend(length);
        Mapping longer = map(directory, segment.name(), length);
        mapped = length;
        retire.accept(segment.remap(longer));
    }

    /** Goes on with zeros where the last ones end, if they are worth it. That it fails is no harm: they are only zeros. */
    private void writeZeros(long needed) {
        long most = Math.min(ZEROS_TO_FORCE, capacity / STEPS);
        boolean forced = (forces - forcesAtZeroed) * most >= WORTH_FORCES * lastStep;
        // So many at a time that the page cache takes large pieces for them: what is appended next is written over
        // them.
        boolean little = needed - position <= LITTLE && position >= ZEROS_TO_APPEND;
        long from = forced ? needed : Math.max(position, zeroed);
        long step = forced || !little ? most : Math.min(ZEROS_TO_APPEND, most);
        long end = Math.min(little ? (needed / step + 1) * step : needed + step, mapped);
        forcesAtZeroed = forces;
        lastStep = step;
        zeroed = Math.max(needed, end);
        if (end > needed && (forced || little)) {
            try {
                file.write(ZERO_BYTES.duplicate().limit((int) (end - from)), from);
            } catch (IOException e) {
                zeroed = Long.MAX_VALUE;
            }
        }
    }

    /** Writes at {@code at}, which lies in the reserved range; the bytes do not count until {@link #advance}. */
    public void write(ByteBuffer source, long at) throws IOException {
        file.write(source, at);
    }

    /** The {@code bytes} written at {@link #position()} are records now; {@code maxSequence} is the largest among them. */
    public void advance(long bytes, long maxSequence) {
        position += bytes;
        segment.appended(position, maxSequence);
    }

    /**
     * Turns whatever a failed append left behind {@link #position()} into zeros again, so that no later append can be confused with it (I8).
     * Only what was written is overwritten, to its last byte: it has its blocks already, which may be smaller than a page,
     * so that this works on a full disk.
     *
     * @throws IOException if that fails; nothing may be appended any more then
     */
    public void undo(long bytes) throws IOException {
        ByteBuffer page = ByteBuffer.allocateDirect(ZERO_PAGE).order(ByteOrder.LITTLE_ENDIAN);
        long end = position + bytes;
        boolean changed = false;
        try (ReadableFile readable = directory.open(segment.name())) {
            int n;
            for (long at = position; at < end; at += n) {
                n = (int) Math.min(ZERO_PAGE - at % ZERO_PAGE, end - at);
                page.clear().limit(n);
                int used = used(page, readable.read(page, at));
                if (used > 0) {
                    zero(page, used);
                    file.write(page, at);
                    changed = true;
                }
            }
        }
        if (changed) {
            // What the kernel has written back already would come back after a power loss, and the write has failed for
            // its caller.
            forceFile();
        }
    }

    /** How far the bytes reach that are not zero. */
    private static int used(ByteBuffer page, int length) {
        int used = length;
        while (used > 0 && page.get(used - 1) == 0) {
            used--;
        }
        return used;
    }

    private static void zero(ByteBuffer page, int length) {
        page.clear().limit(length);
        for (int i = 0; i < length; i++) {
            page.put(i, (byte) 0);
        }
    }

    /**
     * Forces everything appended before the call. May run beside an append. After a failed force the next one would succeed while the data
     * is gone, so the first failure is final and is thrown again by every later call (I8).
     *
     * @return whether there was anything to force that nobody else has forced meanwhile
     * @throws IOException if this or an earlier force failed
     */
    public boolean force() throws IOException {
        long upTo = segment.length();
        if (forced >= upTo) {
            return false;
        }
        forceLock.lock();
        try {
            return forceUpTo(upTo);
        } finally {
            forceLock.unlock();
        }
    }

    private boolean forceUpTo(long upTo) throws IOException {
        if (broken != null) {
            throw new IOException(segment.name() + ": an earlier force failed", broken);
        }
        if (forced >= upTo) {
            return false;
        }
        try {
            file.force();
        } catch (IOException e) {
            broken = e;
            throw e;
        }
        forced = upTo;
        forces = forces + 1;
        return true;
    }

    private void forceFile() throws IOException {
        forceLock.lock();
        try {
            file.force();
        } catch (IOException e) {
            broken = e;
            throw e;
        } finally {
            forceLock.unlock();
        }
    }

    /** Everything below this offset is on stable storage. */
    public long forced() {
        return forced;
    }

    /** The largest offset that a certificate in this segment vouches for, or 0. The appending thread only. */
    public long certified() {
        return certified;
    }

    /** A certificate for {@code offset} was appended. */
    public void certified(long offset) {
        certified = offset;
    }

    /** Closes the channel; the segment stays readable. */
    @Override
    public void close() throws IOException {
        file.close();
    }
}
