package io.stave;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Consumer;

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
    private static final long MIN_SNAPSHOT_BYTES = 64 * KIB;
    private static final int MIN_CHUNK = 512;
    private static final int MAX_CHUNK = (int) (64 * MIB);

    private static final Options DEFAULTS = new Options(new Builder());

    private final Durability durability;
    private final long segmentLength;
    private final int asyncBytes;
    private final boolean createIfMissing;
    private final RecoveryProgress recoveryProgress;
    private final InstantSource clock;
    private final MergePolicy mergePolicy;
    private final long snapshotBytes;
    private final StoreListener listener;
    private final int blobThreshold;
    private final int blobChunkLength;
    private final Duration uploadLifetime;
    private final Keydir keydir;

    private Options(Builder builder) {
        durability = builder.durability;
        segmentLength = builder.segmentLength;
        asyncBytes = builder.asyncBytes;
        createIfMissing = builder.createIfMissing;
        recoveryProgress = builder.recoveryProgress;
        clock = builder.clock;
        mergePolicy = builder.mergePolicy;
        snapshotBytes = builder.snapshotBytes;
        listener = builder.listener;
        blobThreshold = builder.blobThreshold;
        blobChunkLength = builder.blobChunkLength;
        uploadLifetime = builder.uploadLifetime;
        keydir = builder.keydir;
    }

    /** The settings of a copy that is being made; the defaults to begin with. */
    private static final class Builder {
        Durability durability = Durability.SYNC;
        long segmentLength = 256 * MIB;
        int asyncBytes = (int) (8 * MIB);
        boolean createIfMissing = true;
        RecoveryProgress recoveryProgress = RecoveryProgress.NONE;
        InstantSource clock = InstantSource.system();
        MergePolicy mergePolicy = MergePolicy.automatic();
        long snapshotBytes = 64 * MIB;
        StoreListener listener = StoreListener.NONE;
        int blobThreshold = Stave.MAX_VALUE_LENGTH;
        int blobChunkLength = (int) (8 * MIB);
        Duration uploadLifetime = Duration.ofDays(7);
        Keydir keydir = Keydir.COMPACT;

        Builder() {}

        Builder(Options from) {
            durability = from.durability;
            segmentLength = from.segmentLength;
            asyncBytes = from.asyncBytes;
            createIfMissing = from.createIfMissing;
            recoveryProgress = from.recoveryProgress;
            clock = from.clock;
            mergePolicy = from.mergePolicy;
            snapshotBytes = from.snapshotBytes;
            listener = from.listener;
            blobThreshold = from.blobThreshold;
            blobChunkLength = from.blobChunkLength;
            uploadLifetime = from.uploadLifetime;
            keydir = from.keydir;
        }
    }

    private Options with(Consumer<Builder> change) {
        Builder builder = new Builder(this);
        change.accept(builder);
        return new Options(builder);
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
        return with(builder -> builder.durability = Objects.requireNonNull(durability, "durability"));
    }

    /** {@return the greatest length in bytes at which a segment is sealed and the next one started; default 256 MiB} */
    public long segmentLength() {
        return segmentLength;
    }

    /**
     * Sets the greatest length at which the active segment is sealed and a new one started. In a small store it is
     * shorter, so that merging needs little room beside the live data: a thirty-second of the store, or 1 MiB if that is
     * more, and never more than a thirty-second of the volume, or 64 KiB. Up to this length it goes on beyond that while
     * the next one cannot be created fast enough, up to twice, and for large batches and values, until some have their
     * place in it. What does not fit in a segment gets one of its own.
     * Existing segments keep the length they have.
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
        return with(builder -> builder.segmentLength = bytes);
    }

    /** {@return how records are found by their keys; default {@link Keydir#COMPACT}} */
    public Keydir keydir() {
        return keydir;
    }

    /**
     * Sets how records are found by their keys. A store that was closed with another keydir opens as well, from its hints. A read-only store always
     * has the compact one.
     *
     * @param keydir the kind; default {@link Keydir#COMPACT}
     * @return a copy with this setting
     */
    public Options keydir(Keydir keydir) {
        return with(builder -> builder.keydir = Objects.requireNonNull(keydir, "keydir"));
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
        return with(builder -> builder.asyncBytes = bytes);
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
        return with(builder -> builder.createIfMissing = createIfMissing);
    }

    /** {@return who is told how far opening has come; default {@link RecoveryProgress#NONE}} */
    public RecoveryProgress recoveryProgress() {
        return recoveryProgress;
    }

    /**
     * Sets who is told how far opening has come.
     *
     * @param progress called a few times a second while the store is opened, and never afterwards
     * @return a copy with this setting
     */
    public Options recoveryProgress(RecoveryProgress progress) {
        return with(builder -> builder.recoveryProgress = Objects.requireNonNull(progress, "progress"));
    }

    /** {@return the clock that says which values have expired; default {@link InstantSource#system()}} */
    public InstantSource clock() {
        return clock;
    }

    /**
     * Sets the clock that says which values have expired, and from which times to live are counted. It serves for
     * nothing else: the order of writes never depends on it (I3). It counts in milliseconds.
     *
     * <p>The clock of the system ({@link InstantSource#system()}, or {@link java.time.Clock#system}) may be set ahead and
     * back again while the store is open: values are hidden as long as it says that they have expired, and nothing is
     * given up for good that has not expired by the time that passed since the store was opened as well. Any other clock is taken
     * at its word: what has expired by it may be gone for good, and may be there again if it is set back.
     *
     * @param clock asked by any thread that reads or writes a value with an expiry, or applies a batch, also while other writers wait: it must be
     *     fast, must not throw, and must not call the store
     * @return a copy with this setting
     */
    public Options clock(InstantSource clock) {
        return with(builder -> builder.clock = Objects.requireNonNull(clock, "clock"));
    }

    /** {@return when the store merges of its own accord; default {@link MergePolicy#automatic()}} */
    public MergePolicy mergePolicy() {
        return mergePolicy;
    }

    /**
     * Sets when the store merges of its own accord, and how fast.
     *
     * @param policy the policy; default {@link MergePolicy#automatic()}
     * @return a copy with this setting
     */
    public Options mergePolicy(MergePolicy policy) {
        return with(builder -> builder.mergePolicy = Objects.requireNonNull(policy, "policy"));
    }

    /** {@return the memory in bytes that an open snapshot may use for what is overwritten; default 64 MiB} */
    public long snapshotBytes() {
        return snapshotBytes;
    }

    /**
     * Sets how much memory outside the heap each open {@link Snapshot} may use to remember which keys were overwritten,
     * deleted or removed by their expiry since it was opened: 28 to 35 bytes a key from 100,000 keys on. Beyond that the
     * snapshot ends with a {@link SnapshotOverflowException}; writers are not concerned. Nothing is taken before it is
     * needed.
     *
     * <p>More bytes let a snapshot stay open for longer while many keys change; the default is good for about two million.
     *
     * @param bytes 64 KiB or more; default 64 MiB
     * @return a copy with this setting
     * @throws IllegalArgumentException if out of range
     */
    public Options snapshotBytes(long bytes) {
        if (bytes < MIN_SNAPSHOT_BYTES) {
            throw outOfRange("snapshotBytes", bytes, MIN_SNAPSHOT_BYTES, Long.MAX_VALUE);
        }
        return with(builder -> builder.snapshotBytes = bytes);
    }

    /** {@return who is told of merges, rolls, corruption and a disk that gets low; default {@link StoreListener#NONE}} */
    public StoreListener listener() {
        return listener;
    }

    /**
     * Sets who is told what happens in the store while it is open, and of corruption that an open meets.
     *
     * @param listener called on a thread of its own, so that nothing waits for it: {@link StoreListener} says in which order,
     *     and what it may do. It serves each store that is opened with these options; default {@link StoreListener#NONE}
     * @return a copy with this setting
     */
    public Options listener(StoreListener listener) {
        return with(builder -> builder.listener = Objects.requireNonNull(listener, "listener"));
    }

    /** {@return the length in bytes up to which a value lies in a segment; longer ones become blobs; default 16 MiB} */
    public int blobThreshold() {
        return blobThreshold;
    }

    /**
     * Sets up to which length a value lies in a segment, with its key. A longer one becomes a blob: a file of its own, which a merge never
     * copies, and which is forced with each put whatever its durability. Values that stand in the store already stay as they are.
     *
     * <p>A lower threshold keeps merges from copying large values again and again; a file for each takes longer to write than a record, from
     * about 1 MiB on hardly so. Asynchronous puts and batches write no blobs: their values lie in segments, whatever the threshold.
     *
     * @param bytes 0 to 16 MiB, {@link Stave#MAX_VALUE_LENGTH}, which is the default; less than 64 KiB is for tests
     * @return a copy with this setting
     * @throws IllegalArgumentException if out of range
     */
    public Options blobThreshold(int bytes) {
        if (bytes < 0 || bytes > Stave.MAX_VALUE_LENGTH) {
            throw outOfRange("blobThreshold", bytes, 0, Stave.MAX_VALUE_LENGTH);
        }
        return with(builder -> builder.blobThreshold = bytes);
    }

    /** {@return the length in bytes of the chunks of a new blob; default 8 MiB} */
    public int blobChunkLength() {
        return blobChunkLength;
    }

    /**
     * Sets the length of the chunks of a new blob. Each has a checksum: so a chunk is what is read at least, and what a reader or writer has in
     * memory; an upload is sent again by chunks.
     *
     * @param bytes 512 bytes to 64 MiB; default 8 MiB
     * @return a copy with this setting
     * @throws IllegalArgumentException if out of range
     */
    public Options blobChunkLength(int bytes) {
        if (bytes < MIN_CHUNK || bytes > MAX_CHUNK) {
            throw outOfRange("blobChunkLength", bytes, MIN_CHUNK, MAX_CHUNK);
        }
        return with(builder -> builder.blobChunkLength = bytes);
    }

    /** {@return how long after its beginning an upload may be resumed; default 7 days} */
    public Duration uploadLifetime() {
        return uploadLifetime;
    }

    /**
     * Sets how long after its beginning an upload may be resumed. One that is older, by {@link #clock()}, and not open is given up at the next open
     * of the store or the next {@link Stave#beginUpload}.
     *
     * @param lifetime the longest time; default 7 days
     * @return a copy with this setting
     * @throws IllegalArgumentException if it is negative
     */
    public Options uploadLifetime(Duration lifetime) {
        if (lifetime.isNegative()) {
            throw new IllegalArgumentException("uploadLifetime must not be negative: " + lifetime);
        }
        return with(builder -> builder.uploadLifetime = lifetime);
    }

    private static IllegalArgumentException outOfRange(String name, long bytes, long min, long max) {
        return new IllegalArgumentException(name + " must be from " + min + " to " + max + " bytes: " + bytes);
    }

    /** {@return whether all settings are equal; listeners and clocks are compared by their own {@code equals}} */
    @Override
    public boolean equals(Object other) {
        return other instanceof Options that
                && durability.equals(that.durability)
                && segmentLength == that.segmentLength
                && asyncBytes == that.asyncBytes
                && createIfMissing == that.createIfMissing
                && recoveryProgress.equals(that.recoveryProgress)
                && clock.equals(that.clock)
                && mergePolicy.equals(that.mergePolicy)
                && snapshotBytes == that.snapshotBytes
                && listener.equals(that.listener)
                && blobThreshold == that.blobThreshold
                && blobChunkLength == that.blobChunkLength
                && uploadLifetime.equals(that.uploadLifetime)
                && keydir == that.keydir;
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                durability,
                segmentLength,
                asyncBytes,
                createIfMissing,
                recoveryProgress,
                clock,
                mergePolicy,
                snapshotBytes,
                listener,
                blobThreshold,
                blobChunkLength,
                uploadLifetime,
                keydir);
    }

    @Override
    public String toString() {
        return "Options[durability=" + durability + ", segmentLength=" + segmentLength + ", asyncBytes=" + asyncBytes
                + ", createIfMissing=" + createIfMissing + ", mergePolicy=" + mergePolicy + ", snapshotBytes="
                + snapshotBytes + ", blobThreshold=" + blobThreshold + "]";
    }
}
