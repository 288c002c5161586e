package io.stave;

import java.util.Objects;

/**
 * How a store is opened. Immutable: each setter returns a changed copy, and one instance can open any number of stores.
 * Nothing here is stored on disk, so every setting may differ from one open to the next.
 *
 * <pre>{@code
 * Options options = Options.defaults().durability(Durability.interval(Duration.ofMillis(50))).createIfMissing(false);
 * }</pre>
 *
 * @since 0.1
 */
public final class Options {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    private static final long MIN_SEGMENT_LENGTH = 4 * KIB;
    private static final long MAX_SEGMENT_LENGTH = 1024 * MIB;
    private static final int MIN_ASYNC_BYTES = (int) (64 * KIB);

    private static final Options DEFAULTS =
            new Options(Durability.SYNC, 256 * MIB, (int) (8 * MIB), true, RecoveryProgress.NONE);

    private final Durability durability;
    private final long segmentLength;
    private final int asyncBytes;
    private final boolean createIfMissing;
    private final RecoveryProgress recoveryProgress;

    private Options(
            Durability durability,
            long segmentLength,
            int asyncBytes,
            boolean createIfMissing,
            RecoveryProgress recoveryProgress) {
        this.durability = durability;
        this.segmentLength = segmentLength;
        this.asyncBytes = asyncBytes;
        this.createIfMissing = createIfMissing;
        this.recoveryProgress = recoveryProgress;
    }

    /** {@return the options of {@link Stave#open(java.nio.file.Path)}: the default of each setting} */
    public static Options defaults() {
        return DEFAULTS;
    }

    /** {@return what acknowledged writes survive, where the write does not say; default {@link Durability#SYNC}} */
    public Durability durability() {
        return durability;
    }

    /**
     * Sets what acknowledged writes survive. Weaker promises trade the newest writes, when the machine goes down, for
     * throughput. A single write can choose another: {@link WriteOptions#durability(Durability)}.
     *
     * @param durability the promise; default {@link Durability#SYNC}
     * @return a copy with this setting
     */
    public Options durability(Durability durability) {
        return new Options(
                Objects.requireNonNull(durability, "durability"),
                segmentLength,
                asyncBytes,
                createIfMissing,
                recoveryProgress);
    }

    /** {@return the length in bytes at which a segment is sealed and the next one started; default 256 MiB} */
    public long segmentLength() {
        return segmentLength;
    }

    /**
     * Sets the length at which the active segment is sealed and a new one started. A record that does not fit in a
     * segment of this length gets one of its own. Existing segments keep the length they have.
     *
     * <p>Short segments let a merge work in small steps and with little spare room on the disk. Long ones need fewer
     * files, mappings and hints, and are what suits large data. Segments of less than a few megabytes are for tests.
     *
     * @param bytes 4 KiB to 1 GiB; default 256 MiB
     * @return a copy with this setting
     * @throws IllegalArgumentException if out of range
     */
    public Options segmentLength(long bytes) {
        if (bytes < MIN_SEGMENT_LENGTH || bytes > MAX_SEGMENT_LENGTH) {
            throw outOfRange("segmentLength", bytes, MIN_SEGMENT_LENGTH, MAX_SEGMENT_LENGTH);
        }
        return new Options(durability, bytes, asyncBytes, createIfMissing, recoveryProgress);
    }

    /** {@return how many bytes of asynchronous writes may wait at a time; default 8 MiB} */
    public int asyncBytes() {
        return asyncBytes;
    }

    /**
     * Sets how many bytes of asynchronous writes, keys and values and their bookkeeping, may be accepted and not yet
     * completed. Beyond that they wait or are refused: {@link WriteOptions#overflow(Overflow)}. A single write larger
     * than the limit is accepted when nothing else waits. The memory is outside the heap, is taken when needed, 1 MiB at
     * a time, and counts as direct memory.
     *
     * <p>More bytes let writers go on for longer while a force is slow; each write then waits longer.
     *
     * @param bytes 64 KiB to 2 GiB − 1; default 8 MiB
     * @return a copy with this setting
     * @throws IllegalArgumentException if out of range
     */
    public Options asyncBytes(int bytes) {
        if (bytes < MIN_ASYNC_BYTES) {
            throw outOfRange("asyncBytes", bytes, MIN_ASYNC_BYTES, Integer.MAX_VALUE);
        }
        return new Options(durability, segmentLength, bytes, createIfMissing, recoveryProgress);
    }

    /** {@return whether opening a directory that holds no store makes a new one; default true} */
    public boolean createIfMissing() {
        return createIfMissing;
    }

    /**
     * Chooses what opening does where there is no store. With false it throws {@link StoreIOException}, so that a
     * mistyped path or a volume that is not mounted does not pass for an empty store.
     *
     * @param createIfMissing whether to create a store, with the directories above it; default true
     * @return a copy with this setting
     */
    public Options createIfMissing(boolean createIfMissing) {
        return new Options(durability, segmentLength, asyncBytes, createIfMissing, recoveryProgress);
    }

    /** {@return who is told how far opening has come; default {@link RecoveryProgress#NONE}} */
    public RecoveryProgress recoveryProgress() {
        return recoveryProgress;
    }

    /**
     * Sets who is told how far opening has come.
     *
     * @param listener called a few times a second while the store is opened, and never afterwards
     * @return a copy with this setting
     */
    public Options recoveryProgress(RecoveryProgress listener) {
        return new Options(
                durability, segmentLength, asyncBytes, createIfMissing, Objects.requireNonNull(listener, "listener"));
    }

    private static IllegalArgumentException outOfRange(String name, long bytes, long min, long max) {
        return new IllegalArgumentException(name + " must be from " + min + " to " + max + " bytes: " + bytes);
    }

    /** {@return whether all settings are equal; listeners are compared by their own {@code equals}} */
    @Override
    public boolean equals(Object other) {
        return other instanceof Options that
                && durability.equals(that.durability)
                && segmentLength == that.segmentLength
                && asyncBytes == that.asyncBytes
                && createIfMissing == that.createIfMissing
                && recoveryProgress.equals(that.recoveryProgress);
    }

    @Override
    public int hashCode() {
        return Objects.hash(durability, segmentLength, asyncBytes, createIfMissing, recoveryProgress);
    }

    @Override
    public String toString() {
        return "Options[durability=" + durability + ", segmentLength=" + segmentLength + ", asyncBytes=" + asyncBytes
                + ", createIfMissing=" + createIfMissing + "]";
    }
}
