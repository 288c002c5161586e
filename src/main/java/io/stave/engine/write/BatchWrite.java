package io.stave.engine.write;

import io.stave.Batch;
import io.stave.BatchResult;
import io.stave.Durability;
import io.stave.Stave;
import io.stave.WriteOptions;
import io.stave.engine.base.ExpiryClock;
import io.stave.engine.base.KeyBytes;
import io.stave.engine.read.Reads;
import io.stave.engine.read.Seen;
import io.stave.segment.RecordFormat;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch on its way (I5).
 *
 * <p>A small one joins the gathering group as any write does. A large one is made a group of its own before the lock is taken, complete but for
 * the sequences; these are filled in under the lock, and the group is queued.
 */
public final class BatchWrite implements Request {

    /** A batch of more bytes becomes a group of its own: to copy it would keep others from the lock. */
    static final int LARGE = Group.LARGE_VALUE;

    private final Batch batch;
    private final Reads reads;
    private final ExpiryClock clock;

    /** Times to live begin together, so that what has the same one expires at one moment. */
    private final long now;

    private final Durability durability;
    private final boolean large;
    private final List<Write> conditions = new ArrayList<>();

    /** The records of a small batch. */
    private final List<Write> writes = new ArrayList<>();

    private int recordBytes;
    private int puts;

    /** The records of a large batch, until it joins. */
    private @Nullable Group prepared;

    /** What was seen of the key of each condition; null if it was absent. */
    private final @Nullable Seen[] seen;

    /** Which of them must be looked at. */
    private final boolean[] unseen;

    /** Written under the lock. */
    private int failedCondition = BatchResult.NONE;

    public BatchWrite(Batch batch, Reads reads, ExpiryClock clock, Durability durability) {
        this.batch = batch;
        this.reads = reads;
        this.clock = clock;
        this.now = clock.now();
        this.durability = durability;
        this.large = batch.bytes() > LARGE && batch.count() > 0;
        batch.forEach(new FirstLook());
        this.seen = new Seen[conditions.size()];
        this.unseen = new boolean[conditions.size()];
        Arrays.fill(unseen, true);
    }

    /** What the caller is told, given what the write path answered. */
    public BatchResult result(long firstSequence) {
        boolean applied = failedCondition == BatchResult.NONE;
        return new BatchResult(applied, failedCondition, firstSequence, applied ? batch.count() : 0);
    }

    @Override
    public long bytes() {
        return batch.bytes();
    }

    @Override
    public int count() {
        return batch.count();
    }

    @Override
    public boolean onlyDeletes() {
        return puts == 0;
    }

    @Override
    public boolean isLarge() {
        return large;
    }

    @Override
    public void prepare(Conditions judge, LargeGroups groups) {
        if (large && prepared == null) {
            Group group = groups.take(recordBytes, count());
            batch.forEach(new Copy(group));
            prepared = group;
        }
        for (int i = 0; i < seen.length; i++) {
            if (unseen[i]) {
                seen[i] = judge.look(conditions.get(i), true);
                unseen[i] = false;
            }
        }
    }

    /**
     * Judges all conditions against one state. A refusal names the first that does not hold, so it rests on those before it too; what rests on
     * the newest of several groups rests on all of them, for a group that fails takes those behind it along.
     */
    @Override
    public Conditions.Decision decide(Conditions judge, Groups groups) {
        judge.begin();
        failedCondition = BatchResult.NONE;
        boolean again = false;
        Group newest = null;
        for (int i = 0; i < seen.length; i++) {
            Conditions.Decision one = judge.decide(conditions.get(i), seen[i], groups);
            newest = newer(newest, one.dependsOn());
            if (one.again()) {
                again = true;
                unseen[i] = true;
            } else if (!one.apply() && !again) {
                failedCondition = i;
                return new Conditions.Decision(false, true, false, newest);
            }
        }
        return again ? Conditions.Decision.AGAIN : new Conditions.Decision(true, false, false, newest);
    }

    private static @Nullable Group newer(@Nullable Group one, @Nullable Group other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.lastSequence() < other.lastSequence() ? other : one;
    }

    @Override
    public boolean hasRoom(Groups groups, int limit) {
        return large || count() == 0 || groups.gathering().hasRoom(recordBytes, 0, limit);
    }

    @Override
    public Group join(Groups groups, long firstSequence) {
        Group group = prepared;
        if (group == null) {
            Group gathering = groups.gathering();
            gathering.addBatch(writes, firstSequence);
            return gathering;
        }
        group.number(firstSequence);
        groups.queue(group);
        prepared = null; // should it have to be tried once more, the group is used up
        return group;
    }

    private Write put(ByteBuffer key, ByteBuffer value, WriteOptions options) {
        KeyBytes bytes = KeyBytes.of(key);
        return Write.put(
                bytes,
                reads.fingerprint(bytes),
                value,
                expiry(options),
                Write.Condition.ALWAYS,
                Stave.NO_VERSION,
                durability);
    }

    private Write delete(ByteBuffer key) {
        KeyBytes bytes = KeyBytes.of(key);
        return Write.delete(bytes, reads.fingerprint(bytes), Write.Condition.ALWAYS, Stave.NO_VERSION, durability);
    }

    private long expiry(WriteOptions options) {
        return clock.expiry(options, now);
    }

    private int recordLength(ByteBuffer key, ByteBuffer value, WriteOptions options) {
        return RecordFormat.length(key.remaining(), value.remaining(), expiry(options) != RecordFormat.NO_EXPIRY);
    }

    /** Translates the conditions, and the records unless they are many bytes; counts. */
    private final class FirstLook implements Batch.Visitor {
        @Override
        public void put(ByteBuffer key, ByteBuffer value, WriteOptions options) {
            puts++;
            recordBytes += recordLength(key, value, options);
            if (!large) {
                writes.add(BatchWrite.this.put(key, value, options));
            }
        }

        @Override
        public void delete(ByteBuffer key) {
            recordBytes += RecordFormat.length(key.remaining(), 0, false);
            if (!large) {
                writes.add(BatchWrite.this.delete(key));
            }
        }

        @Override
        public void require(ByteBuffer key, long expectedVersion) {
            KeyBytes bytes = KeyBytes.of(key);
            conditions.add(Write.condition(bytes, reads.fingerprint(bytes), expectedVersion, durability));
        }
    }

    /** Copies the records of a large batch into a group. */
    private final class Copy implements Batch.Visitor {
        private final Group into;

        Copy(Group into) {
            this.into = into;
        }

        private void add(Write write) {
            into.addUnnumbered(write, into.count() == batch.count() - 1);
        }

        @Override
        public void put(ByteBuffer key, ByteBuffer value, WriteOptions options) {
            add(BatchWrite.this.put(key, value, options));
        }

        @Override
        public void delete(ByteBuffer key) {
            add(BatchWrite.this.delete(key));
        }

        @Override
        public void require(ByteBuffer key, long expectedVersion) {
            // Judged, not written.
        }
    }
}
