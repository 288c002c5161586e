package io.stave.engine.write;

import io.stave.StaveException;
import io.stave.engine.base.Failures;
import io.stave.engine.base.Health;
import io.stave.engine.base.Histogram;
import io.stave.engine.base.Notices;
import io.stave.engine.live.Catalog;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.space.DiskSpace;
import io.stave.engine.space.SegmentLength;
import io.stave.io.Mapping;
import io.stave.io.NoSpaceException;
import io.stave.io.StoreDirectory;
import io.stave.segment.RecordFormat;
import io.stave.segment.SegmentAppender;
import io.stave.segment.SegmentHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * The end of the log: the active segment, and those rolled away from but not sealed yet.
 *
 * <p>Appending and rolling belong to the leader of the write path; {@link #force} may run on any thread. Forces go from the oldest unsealed
 * segment to the newest, so that a record is never more durable than one before it (I1).
 */
public final class ActiveLog implements AutoCloseable {

    /** Large values are copied and written in pieces of so many bytes. */
    private static final int PIECE = 64 * 1024;

    private final StoreDirectory directory;
    private final Catalog catalog;
    private final LiveSegments segments;
    private final Health health;
    private final DiskSpace space;
    private final SegmentLength lengths;
    private final int groupLimit;
    private final NextSegment next;
    private final LogNotes notes;
    private final Sealer sealer;
    private final Histogram forceNanos;
    private final Notices notices;

    // Oldest first; the last one is the active segment unless that was rolled away from without a successor.
    private final CopyOnWriteArrayList<SegmentAppender> unsealed = new CopyOnWriteArrayList<>();

    // The leader only.
    private @Nullable SegmentAppender active;
    private @Nullable SegmentAppender predecessor;

    /** Created ahead, and not needed when the log ended. Whoever ends it only. */
    private @Nullable SegmentAppender unused;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);

    public ActiveLog(
            StoreDirectory directory,
            Catalog catalog,
            LiveSegments segments,
            Health health,
            DiskSpace space,
            SegmentLength lengths,
            long segmentLength,
            Consumer<Mapping> retire,
            LogNotes notes,
            Sealer sealer,
            Histogram forceNanos,
            Notices notices,
            boolean inline) {
        this.notes = notes;
        this.directory = directory;
        this.catalog = catalog;
        this.segments = segments;
        this.health = health;
        this.space = space;
        this.lengths = lengths;
        this.groupLimit = (int) Math.min(Group.CAPACITY, Math.max(0, segmentLength - SegmentHeader.LENGTH));
        this.next = new NextSegment(directory, catalog, health, retire, inline);
        this.sealer = sealer;
        this.forceNanos = forceNanos;
        this.notices = notices;
    }

    /** The number of bytes that a group may have so that it fits into a segment of its own. */
    public int groupLimit() {
        return groupLimit;
    }

    /** Throws if the disk was full lately and still is: a put then does not join a group, where it would take deletes down with it. */
    void checkPut(long bytes) {
        try {
            space.checkPut(bytes);
        } catch (IOException e) {
            throw Failures.translate("looking for room in " + directory.path(), e, health);
        }
    }

    /** As {@link DiskSpace#fullness}. The leader only. */
    double fullness() {
        return space.fullness();
    }

    /**
     * Appends a group, behind a certificate if there is something new to certify, and returns the segment offset that stands for position 0
     * of the group's buffer. If that fails, nothing of the group is left in the file, or the store is stopped.
     */
    Appended append(Group group) {
        SegmentAppender appender;
        long bytes = group.bytes() + RecordFormat.HEADER_LENGTH;
        try {
            space.admit(bytes, group.hintBytes(), group.onlyDeletes());
            appender = appenderFor(bytes, group.sequence(0));
            appender.reserve(bytes);
        } catch (IOException e) {
            throw failed(e);
        }
        int from = certify(appender, group) ? 0 : Group.FIRST;
        long shift = appender.position() - from;
        seal(group, appender, shift);
        try {
            write(group, appender, from);
        } catch (IOException e) {
            throw undo(appender, bytes, failed(e));
        }
        account(group, appender, from);
        notes.add(group, shift);
        return new Appended(appender, shift, group.bytes() + Group.FIRST - from);
    }

    private StaveException failed(IOException e) {
        if (e instanceof NoSpaceException) {
            space.refused();
        }
        return Failures.translate("appending to " + directory.path(), e, health);
    }

    /** Where a group went: its segment, what to add to a position in the buffer to get the offset, and how many bytes, certificate included. */
    record Appended(SegmentAppender appender, long shift, long bytes) {}

    private SegmentAppender appenderFor(long bytes, long firstSequence) throws IOException {
        SegmentAppender current = active;
        if (current == null) {
            return goOn(firstSequence);
        }
        if (!current.fits(bytes) && !goesOn(current, bytes)) {
            roll();
            return goOn(firstSequence);
        }
        if (!next.asked() && !current.isEmpty() && (current.halfFull() || next.behind())) {
            // An empty one may yet be dropped, and so must not be named as the one before.
            next.prepare(current.segment().id(), firstSequence, lengths.now());
        }
        return current;
    }

    /** Whether a full segment takes {@code bytes} more: if they are many, or while the next one is still being created, for which nobody waits so soon. */
    private boolean goesOn(SegmentAppender full, long bytes) {
        return full.stretch(bytes, lengths.ofGroups(bytes))
                || (next.coming() && full.stretch(bytes, Math.min(full.longest(), lengths.most())));
    }

    /** Goes on in the next segment. */
    private SegmentAppender goOn(long firstSequence) throws IOException {
        Object begun = notices.beginRoll();
        long started = System.nanoTime();
        SegmentAppender last = predecessor;
        long lastId = last == null ? 0 : last.segment().id();
        long lastLength = last == null ? 0 : last.position();
        long length = lengths.now();
        SegmentAppender appender = next.get(lastId, firstSequence, length);
        appender.begin(firstSequence, lastId, lastLength, length);
        next.used();
        segments.add(appender.segment());
        unsealed.add(appender);
        notes.begin(appender.segment().id());
        active = appender;
        notices.rolled(
                begun,
                appender.segment().name(),
                last == null ? null : last.segment().name(),
                lastLength,
                System.nanoTime() - started);
        return appender;
    }

    /** Ends the active segment, which is sealed in the background; the next append creates another. The leader only. */
    public void roll() {
        SegmentAppender last = active;
        if (last != null) {
            active = null;
            if (!last.isEmpty()) {
                // One that holds nothing is dropped, and nobody forces its link.
                predecessor = last;
            }
        }
        sealWhatIsLeft();
    }

    /**
     * Puts a certificate at the front of the group's buffer if a force has made more durable than is certified (I4). The first one in a
     * segment also certifies the segments before, so it is held back until they are forced to their end.
     */
    private boolean certify(SegmentAppender appender, Group group) {
        long forced = appender.forced();
        if (forced <= appender.certified() || !forcedBefore(appender)) {
            return false;
        }
        RecordFormat.certificate(group.buffer(), 0, forced);
        RecordFormat.seal(
                group.buffer(),
                0,
                RecordFormat.HEADER_LENGTH,
                RecordFormat.mask(catalog.storeId(), appender.segment().id(), appender.position()));
        return true;
    }

    private boolean forcedBefore(SegmentAppender appender) {
        for (SegmentAppender earlier : unsealed) {
            if (earlier == appender) {
                return true;
            }
            if (earlier.forced() < earlier.segment().length()) {
                return false;
            }
        }
        return true;
    }

    /** Fills in the checksums, which depend on where the records will lie, but for the one of a record with a large value. */
    private void seal(Group group, SegmentAppender appender, long shift) {
        int inBuffer = group.largeValue() == null ? group.count() : group.count() - 1;
        for (int i = 0; i < inBuffer; i++) {
            RecordFormat.seal(group.buffer(), group.at(i), group.inBuffer(i), mask(group, i, appender, shift));
        }
    }

    private int mask(Group group, int i, SegmentAppender appender, long shift) {
        return RecordFormat.mask(catalog.storeId(), appender.segment().id(), group.at(i) + shift);
    }

    private void write(Group group, SegmentAppender appender, int from) throws IOException {
        ByteBuffer buffer = group.buffer();
        long position = appender.position();
        if (group.largeValue() != null) {
            writeLargeValue(group, appender, position - from);
        }
        buffer.limit(group.end()).position(from);
        try {
            appender.write(buffer, position);
        } finally {
            buffer.clear();
        }
    }

    /**
     * Writes the large value of the last record, which the caller still has, and then fills in that record's checksum.
     *
     * <p>Each piece is copied once, and the copy is both checked and written: what the owner changes meanwhile can spoil the value, but never
     * the log, and a value that lies in a mapping is not handed to an intrinsic (I9).
     */
    private void writeLargeValue(Group group, SegmentAppender appender, long shift) throws IOException {
        ByteBuffer buffer = group.buffer();
        ByteBuffer value = Objects.requireNonNull(group.largeValue()).duplicate();
        int last = group.count() - 1;
        crc.reset();
        crc.update(buffer.duplicate().limit(group.end()).position(group.at(last) + RecordFormat.CHECKED_FROM));
        int end = value.limit();
        for (long at = group.end() + shift; value.position() < end; at += piece.limit()) {
            value.limit(Math.min(end, value.position() + piece.capacity()));
            copyPiece(value);
            crc.update(piece.duplicate());
            appender.write(piece.duplicate(), at);
        }
        RecordFormat.putChecksum(buffer, group.at(last), (int) crc.getValue() ^ mask(group, last, appender, shift));
    }

    private void copyPiece(ByteBuffer from) throws IOException {
        try {
            piece.clear();
            piece.put(from).flip();
        } catch (InternalError e) {
            // The value is a view of a mapped file that the disk cannot deliver.
            throw new IOException("the value cannot be read", e);
        }
    }

    private StaveException undo(SegmentAppender appender, long bytes, StaveException failure) {
        if (!health.failed()) {
            try {
                appender.undo(bytes);
            } catch (IOException e) {
                failure.addSuppressed(e);
                return health.stop(failure);
            }
        }
        return failure;
    }

    private static void account(Group group, SegmentAppender appender, int from) {
        ByteBuffer buffer = group.buffer();
        if (from == 0) {
            appender.digest().add(RecordFormat.storedChecksum(buffer, 0));
            appender.certified(RecordFormat.sequence(buffer, 0));
        }
        for (int i = 0; i < group.count(); i++) {
            appender.digest().add(RecordFormat.storedChecksum(buffer, group.at(i)));
        }
        appender.segment().addHintBytes(group.hintBytes());
        appender.advance(group.bytes() + Group.FIRST - from, group.lastSequence());
    }

    /** Forces everything appended before the call, the oldest segment first. Stops the store if that fails. */
    public void force() {
        for (SegmentAppender appender : unsealed) {
            Object begun = notices.beginForce(appender.forced());
            long started = System.nanoTime();
            try {
                if (appender.force()) {
                    forceNanos.add(System.nanoTime() - started);
                    if (begun != null) {
                        notices.forced(begun, appender.segment().name(), appender.forced());
                    }
                }
            } catch (IOException e) {
                throw health.stop(e);
            }
        }
    }

    /** How far each unsealed segment that holds anything is forced, by id. */
    public Map<Long, Long> forcedLengths() {
        Map<Long, Long> lengths = new HashMap<>();
        for (SegmentAppender appender : unsealed) {
            long forced = appender.forced();
            if (forced > SegmentHeader.LENGTH) {
                lengths.put(appender.segment().id(), forced);
            }
        }
        return lengths;
    }

    /** Seals what was rolled away from, and what could not be sealed before, for want of room perhaps. There must be no active segment. */
    public void sealWhatIsLeft() {
        sealer.seal(List.copyOf(unsealed), this::sealed);
    }

    /** The segment was sealed: the MANIFEST vouches for it from now on. */
    private void sealed(SegmentAppender appender) {
        unsealed.remove(appender);
    }

    /** Rolls for the last time, after the last append, and has what is left sealed in the background, and the segment created ahead dropped. */
    public void end() {
        unused = next.end();
        roll();
        if (unused != null) {
            unsealed.add(unused);
            sealWhatIsLeft();
        }
    }

    /** Closes the files; what was not sealed is the next open's. */
    @Override
    public void close() {
        SegmentAppender left = unused == null ? next.end() : unused;
        if (left != null) {
            // Nobody has seen it, so nobody else releases it.
            left.segment().mapping().release();
            unsealed.addIfAbsent(left);
        }
        notes.close();
        CloseHelper.closeAll(unsealed);
    }

    /** The segments that are not sealed yet, oldest first. */
    public List<SegmentAppender> unsealed() {
        return unsealed;
    }
}
