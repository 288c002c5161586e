package io.stave.engine.blob;

import io.stave.blob.BlobReference;
import io.stave.engine.base.ExpiryClock;
import io.stave.engine.read.Reads;
import io.stave.engine.write.Write;
import io.stave.engine.write.WritePath;
import java.nio.ByteBuffer;

/** Brings a large value to the write path when all of it is there: the record is its one commit point. */
public final class BlobCommit {

    private final Reads reads;
    private final WritePath writePath;
    private final ExpiryClock clock;

    public BlobCommit(Reads reads, WritePath writePath, ExpiryClock clock) {
        this.reads = reads;
        this.writePath = writePath;
        this.clock = clock;
    }

    /** On which condition a value becomes that of its key; as in {@link Write}. */
    public record Condition(Write.Condition kind, long expectedVersion) {

        /** Whatever the key has. */
        public static final Condition NONE = new Condition(Write.Condition.ALWAYS, 0);

        /** Checks it. */
        public Condition {
            Write.checkVersion(expectedVersion);
        }

        /** If the key has this version. */
        public static Condition version(long expected) {
            return new Condition(Write.Condition.VERSION, expected);
        }
    }

    /** Writes the record that refers to a blob; returns its version, or 0 if the condition did not hold. */
    long refer(BlobTarget target, BlobReference blob, Condition condition) {
        return writePath.write(Write.blob(
                target.key(),
                reads.fingerprint(target.key()),
                blob.encode(),
                clock.expiry(target.how()),
                condition.kind,
                condition.expectedVersion,
                target.durability()));
    }

    /** Writes a value that turned out to be short; likewise. */
    long put(BlobTarget target, ByteBuffer value, Condition condition) {
        return writePath.write(Write.put(
                target.key(),
                reads.fingerprint(target.key()),
                value,
                clock.expiry(target.how()),
                condition.kind,
                condition.expectedVersion,
                target.durability()));
    }
}
