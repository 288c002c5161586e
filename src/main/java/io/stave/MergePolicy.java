package io.stave;

import java.time.LocalTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When the store merges of its own accord, how much of it, and how fast. Immutable: each setter returns a changed copy.
 *
 * <pre>{@code
 * MergePolicy atNight = MergePolicy.automatic()
 *         .within(LocalTime.of(1, 0), LocalTime.of(5, 0))
 *         .bytesPerSecond(50 << 20);
 * }</pre>
 *
 * <p>The automatic policy looks at the segments whenever one was sealed and whenever much was overwritten, deleted or
 * expired. It merges those that have the largest share of dead bytes, in small rounds: each copies at most about one
 * segment, and gives its inputs back before the next begins. Dead are records that were overwritten, deleted or have
 * expired, and the 20 bytes that certify a force. Tombstones count where a merge may be able to drop them. A round that
 * would reclaim nothing is not begun, nor one for less than a sixteenth of a new segment, unless the disk is nearly full.
 *
 * <p>Writers that make bytes dead faster than merging gives them back are slowed down, beyond {@link #deadRatio()} and
 * {@link #deadBytes()}: the more is dead, the more, so that they end up at the speed of merging. A group of writes is
 * delayed for half a second at most, and for sixteen times as long as merging lately took for as many bytes. One of
 * deletes alone is not delayed, and nobody is for less than 4 MiB of dead bytes, or {@link #deadBytes()} if that is less,
 * or when a merge could not help: outside the hours of {@link #within}, with the manual policy, or if there is nothing to
 * reclaim. A disk that is nearly full slows writers down likewise. {@link Stats#backPressure()} tells.
 *
 * @see Options#mergePolicy(MergePolicy)
 * @since 0.1
 */
public final class MergePolicy {

    /** The value of a limit in bytes that is none. */
    public static final long NO_LIMIT = Long.MAX_VALUE;

    private static final int FEWEST_SMALL_SEGMENTS = 2;

    private static final MergePolicy AUTOMATIC = new MergePolicy(new Builder());
    private static final MergePolicy MANUAL = AUTOMATIC.with(builder -> builder.automatic = false);

    private final boolean automatic;
    private final double deadRatio;
    private final long deadBytes;
    private final double segmentDeadRatio;
    private final long segmentDeadBytes;
    private final int smallSegments;
    private final long bytesPerSecond;
    private final double slowdown;
    private final @Nullable LocalTime from;
    private final @Nullable LocalTime until;

    /** The settings while they are being changed, with the defaults to begin with. */
    private static final class Builder {
        boolean automatic = true;
        double deadRatio = 0.23;
        long deadBytes = NO_LIMIT;
        double segmentDeadRatio = 0.5;
        long segmentDeadBytes = NO_LIMIT;
        int smallSegments = 8;
        long bytesPerSecond = NO_LIMIT;
        double slowdown = 2;

        @Nullable
        LocalTime from;

        @Nullable
        LocalTime until;
    }

    private interface Change {
        void apply(Builder builder);
    }

    private MergePolicy(Builder builder) {
        automatic = builder.automatic;
        deadRatio = builder.deadRatio;
        deadBytes = builder.deadBytes;
        segmentDeadRatio = builder.segmentDeadRatio;
        segmentDeadBytes = builder.segmentDeadBytes;
        smallSegments = builder.smallSegments;
        bytesPerSecond = builder.bytesPerSecond;
        slowdown = builder.slowdown;
        from = builder.from;
        until = builder.until;
    }

    private MergePolicy with(Change change) {
        Builder builder = new Builder();
        builder.automatic = automatic;
        builder.deadRatio = deadRatio;
        builder.deadBytes = deadBytes;
        builder.segmentDeadRatio = segmentDeadRatio;
        builder.segmentDeadBytes = segmentDeadBytes;
        builder.smallSegments = smallSegments;
        builder.bytesPerSecond = bytesPerSecond;
        builder.slowdown = slowdown;
        builder.from = from;
        builder.until = until;
        change.apply(builder);
        return new MergePolicy(builder);
    }

    /** {@return the default: the store merges of its own accord, by the limits below} */
    public static MergePolicy automatic() {
        return AUTOMATIC;
    }

    /**
     * {@return a policy under which nothing is merged but by {@link Stave#merge()}} Space then comes back only when you
     * call for it, and writers are never slowed down. The limits mean nothing.
     */
    public static MergePolicy manual() {
        return MANUAL;
    }

    /** {@return whether the store merges of its own accord} */
    public boolean isAutomatic() {
        return automatic;
    }

    /** {@return the share of dead bytes in the sealed segments at which merging begins, 0 to 1; default 0.23} */
    public double deadRatio() {
        return deadRatio;
    }

    /**
     * Sets the share of dead bytes, in all sealed segments together, at which the deadest of them are merged.
     *
     * <p>A smaller share holds the disk closer to the live data, and copies more for it. With keys overwritten at random,
     * each byte put costs another 2.0 bytes of copying at 0.17, 1.4 at 0.23, 0.7 at 0.35; where some keys are hotter than
     * others, less. At 0.23 the disk holds about 1.4 times the live data while writers go as fast as merges let them, and
     * up to 1.5 times at the worst; both from some 20 MiB of live data on, with values of 1 KiB and their hints.
     *
     * @param share above 0, at most 1; 1 is no limit; default 0.23
     * @return a copy with this setting
     * @throws IllegalArgumentException if out of range
     */
    public MergePolicy deadRatio(double share) {
        checkShare("deadRatio", share);
        return with(builder -> builder.deadRatio = share);
    }

    /** {@return the dead bytes in all sealed segments together at which merging begins; default {@link #NO_LIMIT}} */
    public long deadBytes() {
        return deadBytes;
    }

    /**
     * Sets the number of dead bytes, in all sealed segments together, at which the deadest of them are merged, even if
     * their share is smaller than {@link #deadRatio()}. For a large store of which no sixth is to be wasted.
     *
     * @param bytes at least 1; default {@link #NO_LIMIT}
     * @return a copy with this setting
     * @throws IllegalArgumentException if out of range
     */
    public MergePolicy deadBytes(long bytes) {
        checkPositive("deadBytes", bytes);
        return with(builder -> builder.deadBytes = bytes);
    }

    /** {@return the share of dead bytes at which a single segment is merged, 0 to 1; default 0.5} */
    public double segmentDeadRatio() {
        return segmentDeadRatio;
    }

    /**
     * Sets the share of dead bytes at which a sealed segment is merged, whatever the others hold.
     *
     * @param share above 0, at most 1; 1 waits until nothing lives in it; default 0.5
     * @return a copy with this setting
     * @throws IllegalArgumentException if out of range
     */
    public MergePolicy segmentDeadRatio(double share) {
        checkShare("segmentDeadRatio", share);
        return with(builder -> builder.segmentDeadRatio = share);
    }

    /** {@return the dead bytes at which a single segment is merged; default {@link #NO_LIMIT}} */
    public long segmentDeadBytes() {
        return segmentDeadBytes;
    }

    /**
     * Sets the number of dead bytes at which a sealed segment is merged, whatever the others hold.
     *
     * @param bytes at least 1; default {@link #NO_LIMIT}
     * @return a copy with this setting
     * @throws IllegalArgumentException if out of range
     */
    public MergePolicy segmentDeadBytes(long bytes) {
        checkPositive("segmentDeadBytes", bytes);
        return with(builder -> builder.segmentDeadBytes = bytes);
    }

    /** {@return how many small segments are merged into one, dead bytes or not; default 8} */
    public int smallSegments() {
        return smallSegments;
    }

    /**
     * Sets how many small segments there may be before they are merged into one, even if nothing in them is dead. They
     * come from closing and opening a store often. Small is what is shorter than a quarter of a new segment and than 256
     * KiB, or a 64th of a new segment if that is more.
     *
     * @param count at least 2; default 8; {@link Integer#MAX_VALUE} leaves them alone
     * @return a copy with this setting
     * @throws IllegalArgumentException if out of range
     */
    public MergePolicy smallSegments(int count) {
        if (count < FEWEST_SMALL_SEGMENTS) {
            throw new IllegalArgumentException(
                    "smallSegments must be at least " + FEWEST_SMALL_SEGMENTS + ": " + count);
        }
        return with(builder -> builder.smallSegments = count);
    }

    /** {@return how many bytes merging may read and write in a second, together; default {@link #NO_LIMIT}} */
    public long bytesPerSecond() {
        return bytesPerSecond;
    }

    /**
     * Sets how many bytes merging in the background may read from its inputs and write to its outputs in a second,
     * together. What it reads again right after writing comes from the page cache and is not counted. Merges by hand
     * are not limited.
     *
     * <p>Below what the writes need, writers are slowed down to what merging can do.
     *
     * @param bytes at least 1; default {@link #NO_LIMIT}
     * @return a copy with this setting
     * @throws IllegalArgumentException if out of range
     */
    public MergePolicy bytesPerSecond(long bytes) {
        checkPositive("bytesPerSecond", bytes);
        return with(builder -> builder.bytesPerSecond = bytes);
    }

    /** {@return how many times slower reads may be during a merge before it gives way; default 2} */
    public double slowdown() {
        return slowdown;
    }

    /**
     * Sets how many times slower reads may be on average while a merge works than while none does, before it pauses in
     * between to give way. One read in 1,024 of each thread is measured. A merge never pauses for more than seven eighths
     * of its time, nor while writers are being slowed down for it, nor when the disk is nearly full.
     *
     * @param factor at least 1; default 2; {@link Double#POSITIVE_INFINITY} never gives way
     * @return a copy with this setting
     * @throws IllegalArgumentException if out of range
     */
    public MergePolicy slowdown(double factor) {
        if (!(factor >= 1)) {
            throw new IllegalArgumentException("slowdown must be at least 1: " + factor);
        }
        return with(builder -> builder.slowdown = factor);
    }

    /** {@return the time of day at which merging may begin, in the system's time zone, or null for all day long} */
    public @Nullable LocalTime from() {
        return from;
    }

    /** {@return the time of day at which the last round may begin, or null for all day long} */
    public @Nullable LocalTime until() {
        return until;
    }

    /**
     * Merges only between two times of day, of {@link Options#clock()} in the system's time zone. A round that has begun
     * is finished. Writers are not slowed down outside these hours, so the disk must have room for what dies meanwhile.
     * When the disk is nearly full, merging begins at any time.
     *
     * @param from from when on
     * @param until until when; before {@code from} it is a time of the next day, equal to it the whole day
     * @return a copy with this setting
     */
    public MergePolicy within(LocalTime from, LocalTime until) {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(until, "until");
        return with(builder -> {
            builder.from = from;
            builder.until = until;
        });
    }

    private static void checkShare(String name, double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(name + " must be above 0 and at most 1: " + share);
        }
    }

    private static void checkPositive(String name, long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException(name + " must be at least 1 byte: " + bytes);
        }
    }

    /** {@return whether all settings are equal} */
    @Override
    public boolean equals(Object other) {
        return other instanceof MergePolicy that
                && automatic == that.automatic
                && Double.compare(deadRatio, that.deadRatio) == 0
                && deadBytes == that.deadBytes
                && Double.compare(segmentDeadRatio, that.segmentDeadRatio) == 0
                && segmentDeadBytes == that.segmentDeadBytes
                && smallSegments == that.smallSegments
                && bytesPerSecond == that.bytesPerSecond
                && Double.compare(slowdown, that.slowdown) == 0
                && Objects.equals(from, that.from)
                && Objects.equals(until, that.until);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                automatic,
                deadRatio,
                deadBytes,
                segmentDeadRatio,
                segmentDeadBytes,
                smallSegments,
                bytesPerSecond,
                slowdown,
                from,
                until);
    }

    @Override
    public String toString() {
        if (!automatic) {
            return "MergePolicy[manual]";
        }
        return "MergePolicy[deadRatio=" + deadRatio + ", deadBytes=" + limit(deadBytes) + ", segmentDeadRatio="
                + segmentDeadRatio + ", segmentDeadBytes=" + limit(segmentDeadBytes) + ", smallSegments="
                + smallSegments + ", bytesPerSecond=" + limit(bytesPerSecond) + ", slowdown=" + slowdown
                + (from == null ? "" : ", within " + from + " to " + until) + "]";
    }

    private static String limit(long bytes) {
        return bytes == NO_LIMIT ? "none" : String.valueOf(bytes);
    }
}
