package io.stave.segment;

import io.stave.SegmentStats;
import io.stave.io.Mapping;
import io.stave.io.StoreId;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A readable segment of the live set: its mapping, its state and its statistics.
 *
 * <p>One object stands for a segment from its creation until it is retired. While the segment is active its mapping is replaced by longer
 * ones; a location is published only after the mapping that covers it was set, so a reader that found the location finds the bytes.
 *
 * <p>Guards: identity is constant; the mapping, state and range are volatile and written by one thread at a time (the leader of the write
 * path, then the sealer); the byte counters are atomic and written by the leader and by merges.
 */
public final class Segment {

    /** Where a segment is in its life. */
    public enum State {
        /** Appended to, or waiting for its seal: what it holds is certified by certificates in the segment only. */
        ACTIVE,
        /** Forced and listed in the MANIFEST with its length and digest; it never changes again. */
        SEALED,
        /** Removed because it never held a record. */
        DROPPED
    }

    /** The earliest expiry of a segment in which nothing expires. */
    public static final long NO_EXPIRY = Long.MAX_VALUE;

    private final long id;
    private final String name;
    private final StoreId storeId;

    private volatile Mapping mapping;
    private volatile State state;
    private volatile long length;
    private volatile long digest;
    private volatile long minSequence;
    private volatile long maxSequence;
    private volatile boolean damaged;
    private volatile boolean tombstonesJudged;

    private final AtomicLong tombstoneDebt = new AtomicLong();
    private final AtomicLong liveBytes = new AtomicLong();
    private final AtomicLong tombstoneBytes = new AtomicLong();
    private final AtomicLong hintBytes = new AtomicLong();
    private final AtomicLong expiredBytes = new AtomicLong();
    private final AtomicLong earliestExpiry = new AtomicLong(NO_EXPIRY);
    private volatile boolean holdsExpiries;
    private volatile long sweepNotBefore = Long.MIN_VALUE;

    private Segment(StoreId storeId, long id, Mapping mapping, State state) {
        this.storeId = storeId;
        this.id = id;
        this.name = SegmentNames.segment(id);
        this.mapping = mapping;
        this.state = state;
    }

    /** Returns an active segment without records whose sequences will all be at least {@code baseSequence}. */
    static Segment active(StoreId storeId, long id, Mapping mapping, long baseSequence) {
        Segment segment = new Segment(storeId, id, mapping, State.ACTIVE);
        segment.length = SegmentHeader.LENGTH;
        segment.begin(baseSequence);
        return segment;
    }

    /** The log goes on here, with this sequence: a closer bound than was known when it was created. */
    void begin(long firstSequence) {
        minSequence = firstSequence;
        maxSequence = firstSequence - 1;
    }

    /** Returns a sealed segment as the MANIFEST describes it, read through {@code mapping}, which covers {@code length} bytes. */
    public static Segment sealed(
            StoreId storeId,
            long id,
            Mapping mapping,
            long length,
            long digest,
            long minSequence,
            long maxSequence,
            boolean damaged) {
        Segment segment = new Segment(storeId, id, mapping, State.SEALED);
        segment.length = length;
        segment.digest = digest;
        segment.minSequence = minSequence;
        segment.maxSequence = maxSequence;
        segment.damaged = damaged;
        return segment;
    }

    /** Returns a segment that another process appends to, of which the first {@code length} bytes are certified, and mapped. */
    public static Segment certified(
            StoreId storeId, long id, Mapping mapping, long length, long minSequence, long maxSequence) {
        Segment segment = new Segment(storeId, id, mapping, State.ACTIVE);
        segment.length = length;
        segment.minSequence = minSequence;
        segment.maxSequence = maxSequence;
        return segment;
    }

    /** The id, never used by another segment of the store. */
    public long id() {
        return id;
    }

    /** The id as the keydir keeps it. */
    public int handle() {
        return (int) id;
    }

    /** The file name inside the store directory. */
    public String name() {
        return name;
    }

    /** The store this segment belongs to; it seeds the checksums. */
    public StoreId storeId() {
        return storeId;
    }

    /** About how long the hint that is still to be written will be, in bytes, but for what is the same for all. */
    public long hintBytes() {
        return hintBytes.get();
    }

    /** Records were appended, or found, that make the hint longer by so many bytes. */
    public void addHintBytes(long bytes) {
        hintBytes.addAndGet(bytes);
    }

    /** The hint is written, or will not be. */
    public void hintEnded() {
        hintBytes.set(0);
    }

    /** The state. */
    public State state() {
        return state;
    }

    /** The bytes in use, header included: everything below was appended. */
    public long length() {
        return length;
    }

    /** The digest of a sealed segment. */
    public long digest() {
        return digest;
    }

    /** No record here has a smaller sequence. */
    public long minSequence() {
        return minSequence;
    }

    /** No record here has a larger sequence. */
    public long maxSequence() {
        return maxSequence;
    }

    /** Whether a merge found a record here that does not verify (I7). */
    public boolean damaged() {
        return damaged;
    }

    /** Whether a merge has decided that the tombstones here must stay, and no older segment was merged since. */
    public boolean tombstonesJudged() {
        return tombstonesJudged;
    }

    /**
     * Whether it makes sense to ask again which tombstones here may go: there are some, and what a merge kept them for has been reclaimed
     * in the meantime, or as many bytes of others.
     */
    public boolean tombstonesDue() {
        return tombstoneBytes.get() > 0 && tombstoneDebt.get() <= 0;
    }

    /** A merge has decided that the tombstones here must stay; asking again makes sense when {@code debt} older bytes were reclaimed. */
    public void judgeTombstones(long debt) {
        tombstonesJudged = true;
        tombstoneDebt.set(debt);
    }

    /** A merge has reclaimed so many bytes of segments with older records: the tombstones here may have been kept for them. */
    public void olderReclaimed(long bytes) {
        tombstonesJudged = false;
        tombstoneDebt.addAndGet(-bytes);
    }

    /** The bytes of the records that the keydir points at. */
    public long liveBytes() {
        return liveBytes.get();
    }

    /** The bytes of the tombstones. */
    public long tombstoneBytes() {
        return tombstoneBytes.get();
    }

    /** The bytes that nothing refers to: superseded and deleted records, and certificates. */
    public long deadBytes() {
        return Math.max(0, length - SegmentHeader.LENGTH - liveBytes.get() - tombstoneBytes.get());
    }

    /** Counts a record that the keydir points at from now on. */
    public void addLive(long recordLength) {
        liveBytes.addAndGet(recordLength);
    }

    /** Counts a record that the keydir no longer points at. */
    public void removeLive(int recordLength) {
        liveBytes.addAndGet(-recordLength);
    }

    /** Counts a tombstone. */
    public void addTombstone(long recordLength) {
        tombstoneBytes.addAndGet(recordLength);
    }

    /** Those of the dead bytes that are of records which have expired and were then counted as dead. */
    public long expiredBytes() {
        return expiredBytes.get();
    }

    /** Counts records that had expired and were counted as dead before. */
    public void addExpired(long bytes) {
        expiredBytes.addAndGet(bytes);
    }

    /** A record that the keydir pointed at has expired, and it no longer does. */
    public void expired(int recordLength) {
        removeLive(recordLength);
        expiredBytes.addAndGet(recordLength);
    }

    /**
     * Takes note of a record that expires, in epoch milliseconds; called when the keydir points at it, so that no sweep misses it. Returns
     * whether it is the first since the segment was made or swept.
     */
    public boolean expires(long expiry) {
        if (!holdsExpiries) {
            holdsExpiries = true;
        }
        return expiry < earliestExpiry.get() && earliestExpiry.getAndAccumulate(expiry, Math::min) == NO_EXPIRY;
    }

    /** Whether a record here is known to expire, or to have expired, whatever became of it. */
    public boolean holdsExpiries() {
        return holdsExpiries;
    }

    /** Before this, in epoch milliseconds, nothing expires here that the keydir points at; {@link #NO_EXPIRY} if nothing ever does. */
    public long earliestExpiry() {
        return earliestExpiry.get();
    }

    /** When a sweep of this segment is worth its while, in epoch milliseconds; {@link #NO_EXPIRY} if it never is. */
    public long sweepDue() {
        return Math.max(sweepNotBefore, earliestExpiry.get());
    }

    /** A sweep begins, and finds all that {@link #expires} took note of before; returns the {@link #earliestExpiry} until then. */
    public long beginSweep() {
        return earliestExpiry.getAndSet(NO_EXPIRY);
    }

    /** The next sweep of this segment, which is sealed, is not worth its while before this. */
    public void sweepNotBefore(long millis) {
        sweepNotBefore = millis;
    }

    /** Marks the segment as holding a record that does not verify. */
    public void markDamaged() {
        damaged = true;
    }

    /** The segment held no record, and was removed. */
    public void drop() {
        state = State.DROPPED;
    }

    /** The mapped bytes, for absolute access inside a reader epoch only. */
    ByteBuffer bytes() {
        return mapping.buffer();
    }

    /** The mapping that reads go through. */
    public Mapping mapping() {
        return mapping;
    }

    /** Reads through a longer mapping from now on; returns the one to release when its readers have left. */
    Mapping remap(Mapping longer) {
        Mapping previous = mapping;
        mapping = longer;
        return previous;
    }

    /** Takes note of appended bytes; called before their locations are published. */
    void appended(long newLength, long newMaxSequence) {
        length = newLength;
        maxSequence = newMaxSequence;
    }

    /** More of a {@link #certified} segment is certified and mapped; returns the mapping to release when its readers have left. */
    public Mapping certify(Mapping longer, long newLength, long newMaxSequence) {
        Mapping previous = remap(longer);
        appended(newLength, newMaxSequence);
        return previous;
    }

    /** The segment was forced and the MANIFEST lists it as sealed. */
    public void seal(long sealedDigest) {
        digest = sealedDigest;
        hintEnded();
        state = State.SEALED;
    }

    /** What is told of it to those who use the store. */
    public SegmentStats stats() {
        return new SegmentStats(
                id,
                name,
                state == State.SEALED ? SegmentStats.State.SEALED : SegmentStats.State.ACTIVE,
                length(),
                liveBytes(),
                deadBytes(),
                Math.min(expiredBytes(), deadBytes()),
                tombstoneBytes(),
                damaged(),
                minSequence(),
                maxSequence());
    }

    @Override
    public String toString() {
        return name + " " + state + " " + length + " bytes";
    }
}
