package io.stave.engine;

import io.stave.keydir.Location;
import io.stave.segment.RecordFormat;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the condition of a write holds (I2), under the write path's lock.
 *
 * <p>What counts is the newest record of the key: in the groups that are on their way, else in the keydir, which publishes a
 * group before it ceases to be the committing one. An answer that was decided by a record still on its way is given only after that group
 * ended, and decided anew if it failed.
 *
 * <p>The keydir does not know versions. The version of a published record is read before the lock is taken, so that no writer waits for a
 * page of a segment, and holds under the lock if the key is still where it was: a location is never used for two versions.
 */
final class Conditions {

    private final Reads reads;
    private final Location found = new Location();

    Conditions(Reads reads) {
        this.reads = reads;
    }

    /** The version of a key as it was read before the lock was taken, and where. */
    record Seen(long version, int segment, int offset) {
        private boolean stillHolds(boolean there, Location at) {
            return there ? version != 0 && segment == at.segment && offset == at.offset : version == 0;
        }
    }

    /**
     * What becomes of a write.
     *
     * @param apply it joins the gathering group
     * @param again the key has moved since it was looked at: look again
     * @param dependsOn the group whose record decided that the write is not applied, or null if none did
     */
    record Decision(boolean apply, boolean again, @Nullable Group dependsOn) {
        private static final Decision APPLY = new Decision(true, false, null);
        private static final Decision REFUSE = new Decision(false, false, null);
        private static final Decision AGAIN = new Decision(false, true, null);
    }

    /** Reads what {@link #decide} will need; called without the lock. Returns null if the condition asks for no version. */
    @Nullable
    Seen look(Write write) {
        if (write.condition != Write.Condition.VERSION) {
            return null;
        }
        Location at = new Location();
        long version = reads.version(write, at);
        return new Seen(version, at.segment, at.offset);
    }

    /** Decides; called under the lock. */
    Decision decide(Write write, @Nullable Seen seen, Groups groups) {
        if (write.condition == Write.Condition.ALWAYS) {
            return Decision.APPLY;
        }
        Group pending = groups.find(write.high, write.low);
        if (pending != null) {
            return decideByPending(write, pending);
        }
        boolean there = reads.find(write.high, write.low, found);
        if (seen == null) {
            return there ? Decision.APPLY : Decision.REFUSE;
        }
        if (!seen.stillHolds(there, found)) {
            return Decision.AGAIN;
        }
        return matches(write, seen.version) ? Decision.APPLY : Decision.REFUSE;
    }

    private static Decision decideByPending(Write write, Group group) {
        int i = group.find(write.high, write.low);
        long version = group.kind(i) == RecordFormat.PUT ? group.sequence(i) : 0;
        boolean apply = write.condition == Write.Condition.PRESENT ? version != 0 : matches(write, version);
        return apply ? Decision.APPLY : new Decision(false, false, group);
    }

    /** An absent key, version 0, can be put but not deleted. */
    private static boolean matches(Write write, long version) {
        return version == write.expectedVersion && (version != 0 || write.kind == RecordFormat.PUT);
    }
}
