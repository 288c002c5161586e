package io.stave.engine.write;

import io.stave.engine.base.ExpiryClock;
import io.stave.engine.base.KeyBytes;
import io.stave.engine.read.Reads;
import io.stave.engine.read.Seen;
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
public final class Conditions {

    private final Reads reads;
    private final ExpiryClock clock;

    // Guarded by the lock.
    private final Location found = new Location();
    private boolean asked;
    private long now;

    public Conditions(Reads reads, ExpiryClock clock) {
        this.reads = reads;
        this.clock = clock;
    }

    /**
     * What becomes of a write.
     *
     * @param apply its condition holds
     * @param absent the caller is told that the key is absent, though the write may be applied
     * @param again the key has moved since it was looked at: look again
     * @param dependsOn the group whose record decided that, or null if none did
     */
    record Decision(
            boolean apply,
            boolean absent,
            boolean again,
            @Nullable Group dependsOn) {
        private static final Decision APPLY = new Decision(true, false, false, null);
        private static final Decision REFUSE = new Decision(false, true, false, null);
        static final Decision AGAIN = new Decision(false, false, true, null);

        /** A delete of what has expired: the clock may be set back, and the key must not return then. */
        private static final Decision REMOVE_EXPIRED = new Decision(true, true, false, null);
    }

    /**
     * Reads what {@link #decide} will need; called without the lock. Returns null if there is no record, or if the condition does not ask.
     *
     * @param again whether {@link #decide} has asked for it: a delete needs to know no more than that there is a record, unless it expires
     */
    @Nullable
    Seen look(Write write, boolean again) {
        if (write.condition == Write.Condition.VERSION || again) {
            KeyBytes key = new KeyBytes(write.key, write.keyOffset, write.keyLength);
            return reads.look(write.high, write.low, key, write.condition == Write.Condition.PRESENT);
        }
        return null;
    }

    /** The conditions of another request are decided from here on; called under the lock. */
    void begin() {
        asked = false;
    }

    /** What is decided together is decided by one time, or something may be there and something else not that never was so. */
    private boolean expired(long expiry) {
        if (expiry == RecordFormat.NO_EXPIRY) {
            return false;
        }
        if (!asked) {
            now = clock.now();
            asked = true;
        }
        return now >= expiry;
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
        boolean there = reads.find(write.high, write.low, write, found);
        if (write.condition == Write.Condition.PRESENT) {
            if (!there) {
                return Decision.REFUSE;
            }
            if ((found.flags & Location.EXPIRY) == 0) {
                return Decision.APPLY;
            }
        }
        if (there ? seen == null || !seen.liesAt(found) : seen != null) {
            return Decision.AGAIN;
        }
        boolean expired = seen != null && expired(seen.expiry());
        if (write.condition == Write.Condition.PRESENT) {
            return expired ? Decision.REMOVE_EXPIRED : Decision.APPLY;
        }
        return matches(write, seen == null || expired ? 0 : seen.version()) ? Decision.APPLY : Decision.REFUSE;
    }

    private Decision decideByPending(Write write, Group group) {
        int i = group.find(write.high, write.low);
        boolean put = !group.isTombstone(i);
        boolean expired = put && expired(group.expiry(i));
        if (write.condition == Write.Condition.PRESENT && put) {
            return new Decision(true, expired, false, group);
        }
        boolean applies =
                write.condition == Write.Condition.VERSION && matches(write, put && !expired ? group.sequence(i) : 0);
        return new Decision(applies, !applies, false, group);
    }

    /** An absent key, version 0, can be put but not deleted. */
    private static boolean matches(Write write, long version) {
        return version == write.expectedVersion && (version != 0 || write.isPut());
    }
}
