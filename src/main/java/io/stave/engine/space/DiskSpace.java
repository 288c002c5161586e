package io.stave.engine.space;

import io.stave.DiskRoom;
import io.stave.StoreFullException;
import io.stave.engine.base.Notices;
import io.stave.engine.base.StoreLog;
import io.stave.engine.live.LiveSegments;
import io.stave.hint.HintFile;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ManifestFile;
import io.stave.segment.Segment;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keeps room free for merges and deletes, so that a full store can be emptied (I8).
 *
 * <pre>
 *   free, and in RESERVE   |---- a merge ----|-- deletes --|-- hints to come --|-- margin --|-------- puts --------|
 *   puts may use                                                                            ^ down to here
 *   deletes, and hints                       ^ down to here
 *   merges, MANIFESTs      ^ all of it
 * </pre>
 *
 * <ul>
 *   <li><i>A merge</i> needs room for what it copies, the hint of that and a MANIFEST before it gives an input back: for one new segment, or
 *       for the longest there is.
 *   <li><i>Deletes</i> write tombstones, whose hints are as long as they are, and without a merge no delete makes room.
 *   <li><i>Hints</i> of segments that are not sealed yet are written later than the records that make them long, and so are those that an
 *       open found missing.
 *   <li><i>The margin</i> is for blocks that are not full, and for the STATS file.
 * </ul>
 *
 * <p>While the disk is tight the first two are held by a file ({@link Reserve}), since others can take what is merely left free. It is made
 * shorter by what is missing, when it is missing, and longer again after the merge.
 *
 * <p>Asking the file system for each append would cost a system call, so an answer is good for half of what it left to spend.
 *
 * <p>Guarded by the write path's leadership, but for what says otherwise.
 */
public final class DiskSpace {

    /** Puts are slowed down, and merges hurry, from so many segments before the end on. */
    private static final int NEAR = 2;

    /** Of the room for a merge, this part of the copies is for their hint, or for records that turn out to be longer. */
    private static final int HINT_SHARE = 4;

    /** Merge and deletes have at most this part of the volume. */
    private static final int VOLUME_SHARES = 8;

    /** The deletes have this part of a segment, or so many bytes if that is more; but of both together no more than this part. */
    private static final int DELETES_SHARE = 4;

    private static final long DELETES = 128 << 10;

    private static final long MARGIN = 64 << 10;
    private static final int MARGIN_VOLUME_SHARES = 64;

    /** Blocks that are not full, of the three files that a merge writes and another one; as many are kept for what is written beside. */
    private static final long SLACK = 4 * 4096;

    private static final int SLACK_VOLUME_SHARES = 256;

    /** The file is there while less than so many times its length is free, and goes when there is twice as much. */
    private static final int TIGHT = 32;

    private final StoreDirectory directory;
    private final LiveSegments segments;
    private final SegmentLength lengths;
    private final Reserve file;
    private final Runnable refusal;
    private final Notices notices;
    private final StoreLog log;

    private long credit;
    private long left = Long.MAX_VALUE;
    private long near;

    /** The last append was refused: puts are refused before they join a group that deletes may be in. */
    private volatile boolean low;

    /** The file was made shorter, and is not as long again as it should be. */
    private volatile boolean lent;

    /** What was told of last. */
    private final AtomicReference<DiskRoom.Level> told = new AtomicReference<>(DiskRoom.Level.AMPLE);

    /** What the round of a merge that is running has written: it needs the less. */
    private final AtomicLong written = new AtomicLong();

    /** Of that what is on its way to the disk: nobody else may have the room, and nothing is lent yet. */
    private final AtomicLong onItsWay = new AtomicLong();

    /**
     * Held by whoever deletes files, so that nobody who must know counts them as lent and as free. A merge that begins its next round need not,
     * so this is not the monitor of what is counted; it is taken first.
     */
    private final Object deleting = new Object();

    /** What that round gives back at its end, by the ids of its inputs. Guarded by itself, as is the room for a hint until it is taken. */
    private final Map<Long, Long> inputs = new HashMap<>();

    /** The sum of these. */
    private volatile long toComeBack;

    /** The hint of a sealed segment that is being written. */
    private volatile long hintUnderWay;

    /**
     * Creates it; nothing is asked or taken yet.
     *
     * @param refusal run when an append is refused: a merge may help
     */
    public DiskSpace(
            StoreDirectory directory,
            LiveSegments segments,
            SegmentLength lengths,
            Reserve file,
            Runnable refusal,
            Notices notices) {
        this.directory = directory;
        this.segments = segments;
        this.lengths = lengths;
        this.file = file;
        this.refusal = refusal;
        this.notices = notices;
        this.log = new StoreLog(directory.path());
    }

    /** How much is kept for what, in bytes. */
    private record Shares(long merge, long deletes, long hints, long hintUnderWay, long margin) {

        /** What the file holds. */
        long reserve() {
            return merge + deletes;
        }

        /** What puts leave. */
        long fromPuts() {
            return merge + deletes + hints + margin;
        }

        /** What deletes leave. Where others have taken the room for hints to come, half of that for deletes stays theirs. */
        long fromDeletes() {
            return merge + Math.max(hintUnderWay, Math.min(hints, deletes / 2));
        }
    }

    private Shares shares() {
        long volume = file.volumeBytes();
        long length = lengths.now();
        long most = volume / VOLUME_SHARES;
        long deletes = Math.min(Math.max(length / DELETES_SHARE, DELETES), most / DELETES_SHARE);
        long copies = length;
        long hints = 0;
        for (Segment segment : segments.list()) {
            copies = Math.max(copies, mostToCopy(segment));
            hints += segment.hintBytes();
        }
        long merge = copies + copies / HINT_SHARE + manifestBytes() + 2 * slack();
        return new Shares(
                Math.max(0, Math.min(merge, most - deletes) - lentToMerge()) + onItsWay.get(),
                deletes,
                hints,
                hintUnderWay,
                Math.min(MARGIN, volume / MARGIN_VOLUME_SHARES));
    }

    /** Of what the round of a merge has written no more than it gives back: with its hints that can be less, if its inputs had none. */
    private long lentToMerge() {
        return Math.min(written.get(), toComeBack);
    }

    private long manifestBytes() {
        return ManifestFile.length(segments.list().size() + 1);
    }

    /** For blocks that are not full. */
    private long slack() {
        return Math.min(SLACK, file.volumeBytes() / SLACK_VOLUME_SHARES);
    }

    /** What a merge needs beside its copies and their hint. */
    private long besideCopies() {
        return manifestBytes() + slack();
    }

    /**
     * Admits an append of {@code bytes}, or throws; {@code urgent} ones may use what is kept for deletes.
     *
     * @param hint the bytes by which it makes the hint of its segment longer
     */
    public void admit(long bytes, long hint, boolean urgent) throws IOException {
        long needed = bytes + hint;
        left -= Math.min(left, needed);
        if (needed <= credit) {
            credit -= needed;
            return;
        }
        Shares shares = shares();
        long all = file.all();
        long spendable = all - shares.fromPuts();
        near = NEAR * lengths.now();
        left = Math.max(0, spendable - needed);
        credit = left / 2;
        if (left < near || told.get() != DiskRoom.Level.AMPLE) {
            tell(shares, all);
        }
        if (needed > spendable) {
            low = true;
            spendable = urgent ? all - shares.fromDeletes() : spendable;
        }
        if (needed > spendable) {
            spendable = settled(urgent);
        }
        if (needed > spendable) {
            refusal.run();
            throw full(bytes, spendable);
        }
        makeRoom(bytes);
    }

    /** What may be spent when nothing is on its way back: waits for a file that is being deleted. */
    private long settled(boolean urgent) throws IOException {
        synchronized (deleting) {
            synchronized (inputs) {
                Shares shares = shares();
                return file.all() - (urgent ? shares.fromDeletes() : shares.fromPuts());
            }
        }
    }

    /** An append that was admitted found no room: somebody else has taken it. */
    public void refused() {
        credit = 0;
        low = true;
        refusal.run();
    }

    /** How near the disk is to refusing puts, as far as is known: from 0, two segments away or more, to 1. */
    public double fullness() {
        return left >= near ? 0 : 1 - (double) left / near;
    }

    /** Throws if the disk was full lately and still is; for a put that is about to join a group. Any thread may call it. */
    public void checkPut(long bytes) throws IOException {
        if (low) {
            long spendable = file.all() - shares().fromPuts();
            if (bytes > spendable) {
                throw full(bytes, spendable);
            }
            low = false;
        }
    }

    /** Throws if there is no room for so many bytes of a file beside the segments that a put needs. Any thread may call it. */
    public void checkFile(long bytes) throws IOException {
        Shares shares = shares();
        long all = file.all();
        // The log may be far from looking: its records only refer to such files.
        tell(shares, all);
        long forFiles = all - shares.fromPuts();
        if (bytes > forFiles) {
            refusal.run();
            throw full(bytes, forFiles);
        }
    }

    private StoreFullException full(long bytes, long spendable) {
        return new StoreFullException(directory.path().toString(), bytes, Math.max(0, spendable));
    }

    // ---- Any thread may call what follows.

    /** What is about to be refused, or is already. */
    public Shortage shortage() throws IOException {
        return shortage(shares(), file.all());
    }

    private Shortage shortage(Shares shares, long all) {
        if (all - shares.fromDeletes() < shares.deletes / 2) {
            return Shortage.OF_DELETES;
        }
        return all - shares.fromPuts() < NEAR * lengths.now() ? Shortage.OF_PUTS : Shortage.NONE;
    }

    /** The same in figures, for the user. Waits for nobody who writes to the file, so what is on its way to it may be missed. */
    public DiskRoom room() throws IOException {
        Shares shares = shares();
        return room(shares, directory.usableBytes() + file.bytes());
    }

    private DiskRoom room(Shares shares, long all) {
        DiskRoom.Level level =
                switch (shortage(shares, all)) {
                    case NONE -> DiskRoom.Level.AMPLE;
                    case OF_PUTS -> DiskRoom.Level.LOW;
                    case OF_DELETES -> DiskRoom.Level.EXHAUSTED;
                };
        return new DiskRoom(level, Math.max(0, all - file.bytes()), Math.max(0, all - shares.fromPuts()));
    }

    /** Tells of a level that is worse than what was told of last, or of room that is ample again with half as much more, lest it be told of all the time. */
    private void tell(Shares shares, long all) {
        DiskRoom room = room(shares, all);
        DiskRoom.Level before = told.get();
        boolean news = room.level() == DiskRoom.Level.AMPLE
                ? room.spareBytes() >= NEAR * lengths.now() * 3 / 2
                : room.level().compareTo(before) > 0;
        if (news && told.compareAndSet(before, room.level()) && room.level() != before) {
            notices.room(room);
        }
    }

    /** The bytes that the copies of a merge may take: their hint and the MANIFEST come beside. */
    public long roomForCopies() throws IOException {
        long room = Math.max(0, file.all() - besideCopies());
        return room - room / (HINT_SHARE + 1);
    }

    /**
     * Whether the hint of a segment that is sealed now fits in beside what is kept for a merge; then there is room for it, until
     * {@link #hintEnded}. One at a time.
     */
    public boolean makeRoomForHint(long bytes) throws IOException {
        hintUnderWay = bytes; // first, or deletes take what is found free here
        boolean fits = file.all() - bytes >= shares().merge;
        if (fits) {
            makeRoom(bytes);
        }
        return fits;
    }

    /**
     * The same for a hint that an open found missing, which is one of the hints to come: it fits in if nothing of what puts leave is wanting
     * but the margin. The store may have been opened on a disk where less was free.
     */
    public boolean makeRoomForMissingHint(long bytes) throws IOException {
        hintUnderWay = bytes;
        Shares shares = shares();
        return file.all() >= shares.fromPuts() - shares.margin;
    }

    /** The hint is there, or will not be. */
    public void hintEnded() {
        hintUnderWay = 0;
    }

    /** A round begins, at the end of which these inputs go. The merge only. */
    public void beginRound(List<Segment> begun) {
        synchronized (inputs) {
            endRound();
            for (Segment input : begun) {
                inputs.put(input.id(), onDisk(input));
            }
            toComeBack = inputs.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** Runs what deletes the files of an input. Any thread may do that. */
    public void giveBack(Segment input, Runnable delete) {
        synchronized (deleting) {
            synchronized (inputs) {
                Long back = inputs.remove(input.id());
                toComeBack -= back == null ? 0 : back;
            }
            delete.run();
        }
    }

    /** Something that deletes files. */
    @FunctionalInterface
    public interface Deletion {
        /** Does it. */
        void run() throws IOException;
    }

    /** The round is given up: runs what deletes its copies. The merge only. */
    public void abandonRound(Deletion copies) throws IOException {
        synchronized (deleting) {
            endRound();
            copies.run();
        }
    }

    /** Sees to it that so many bytes are free for copies that are about to be written, as far as the file holds them. The merge only. */
    public void makeRoomForCopies(long bytes) throws IOException {
        onItsWay.addAndGet(bytes);
        written.addAndGet(bytes);
        makeRoom(bytes);
    }

    /** So many bytes that there was room made for are on the disk. The merge only. */
    public void copied(long bytes) {
        onItsWay.addAndGet(-bytes);
    }

    /** So many bytes that there was room made for will not be written. The merge only. */
    public void notCopied(long bytes) {
        onItsWay.addAndGet(-bytes);
        written.addAndGet(-bytes);
    }

    /**
     * Whether the hint of copies fits in beside the MANIFEST, and another merge can follow when the inputs are gone, which may have had no hints;
     * then there is room for it. The merge only.
     */
    public boolean makeRoomForHintOfCopies(long bytes) throws IOException {
        // Whoever else asks for a hint meanwhile must not find the same room.
        synchronized (inputs) {
            Shares shares = shares();
            long all = file.all() - bytes;
            boolean fits = all >= shares.fromPuts()
                    || (all >= besideCopies() && all + toComeBack >= shares.merge + lentToMerge());
            if (fits) {
                makeRoomForCopies(bytes);
            }
            return fits;
        }
    }

    /** Without its hint if it has none, for want of room perhaps, or none that can be looked at. */
    private long onDisk(Segment input) {
        try (ReadableFile hint = directory.open(HintFile.name(input.id()))) {
            return input.length() + hint.length();
        } catch (IOException e) {
            return input.length();
        }
    }

    /** A round has given its inputs back, as far as nobody else holds them. The merge only. */
    public void endRound() {
        synchronized (inputs) {
            onItsWay.set(0);
            written.set(0);
            inputs.clear();
            toComeBack = 0;
        }
    }

    /** Whether a file of so many bytes may be written that nobody needs: not at the cost of merges, deletes and hints. */
    public boolean roomForAdvice(long bytes) {
        try {
            Shares shares = shares();
            return file.all() - shares.fromPuts() + shares.margin >= bytes;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a file of so many bytes may be left behind at a close: the disk must not become tight by it, whoever takes room next. */
    public boolean roomToSpare(long bytes) {
        try {
            return file.bytes() == 0 && !isTight(file.all() - bytes, shares());
        } catch (IOException e) {
            return false;
        }
    }

    /** Sees to it that so many bytes are free, as far as the file holds them. */
    private void makeRoom(long bytes) throws IOException {
        long slack = slack();
        long missing = bytes + slack - directory.usableBytes();
        boolean unused = missing > 0 && lends(file.shrink(missing + slack));
    }

    /** Has the file give room for a MANIFEST, for which there was none; returns whether it did. */
    public boolean makeRoomForManifest() {
        return lends(file.shrinkForManifest(segments.list().size() + 1));
    }

    /** Gives back all that the file holds; returns whether that made any room. */
    public boolean release() {
        return lends(file.release());
    }

    private boolean lends(boolean some) {
        if (some) {
            lent = true;
        }
        return some;
    }

    /** Whether room is so short that the file holds some, or has given what it held. */
    public boolean tight() {
        return lent || file.bytes() > 0;
    }

    /** Makes the file as long as it should be, as far as there is room; that it cannot be is no harm. */
    public void refill() {
        try {
            Shares shares = shares();
            long all = file.all();
            boolean tight = isTight(all, shares);
            tell(shares, all);
            if (tight) {
                hold(shares);
            } else if (file.bytes() > 0) {
                boolean unused = file.release();
            }
            lent = tight && file.bytes() < shares.reserve();
        } catch (IOException e) {
            log.debug("nobody knows how much room there is", e);
        }
    }

    private boolean isTight(long all, Shares shares) {
        return all < (file.bytes() > 0 ? 2 : 1) * TIGHT * shares.reserve();
    }

    private void hold(Shares shares) throws IOException {
        long reserve = shares.reserve();
        if (file.bytes() > reserve + shares.margin / 2) {
            boolean unused = file.shrink(file.bytes() - reserve);
        }
        boolean more = true;
        while (more && file.bytes() < reserve) {
            long most = file.all() - shares.hints - shares.margin;
            more = most > file.bytes() && file.grow(Math.min(reserve, most));
        }
    }

    /** Ends the use of the file. */
    public void close() {
        file.close();
    }

    /** At most so many bytes of a segment survive a merge; what has expired may leave a tombstone. */
    public static long mostToCopy(Segment input) {
        return input.liveBytes() + input.tombstoneBytes() + input.expiredBytes();
    }
}
