package io.stave.engine.write;

import io.stave.engine.read.Seen;
import org.jspecify.annotations.Nullable;

/** One write on its own. */
final class SingleWrite implements Request {

    private final Write write;
    private @Nullable Seen seen;

    /** Whether the condition has asked for more than was looked at. */
    private boolean asked;

    SingleWrite(Write write) {
        this.write = write;
    }

    @Override
    public long bytes() {
        return write.recordLength();
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public boolean onlyDeletes() {
        return !write.isPut();
    }

    @Override
    public boolean isLarge() {
        return false;
    }

    @Override
    public void prepare(Conditions conditions, LargeGroups large) {
        seen = conditions.look(write, asked);
    }

    @Override
    public Conditions.Decision decide(Conditions conditions, Groups groups) {
        conditions.begin();
        Conditions.Decision decision = conditions.decide(write, seen, groups);
        asked = decision.again();
        return decision;
    }

    @Override
    public boolean hasRoom(Groups groups, int limit) {
        return groups.gathering().hasRoom(write.recordLength(), write.valueLength, limit);
    }

    @Override
    public Group join(Groups groups, long firstSequence) {
        Group gathering = groups.gathering();
        gathering.add(write, firstSequence);
        return gathering;
    }
}
