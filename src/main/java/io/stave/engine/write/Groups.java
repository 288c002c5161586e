package io.stave.engine.write;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The groups of the write path in their order: the one being committed, the full ones that wait, the one that gathers.
 *
 * <p>Usually none is full: whoever needs room waits for the leader to take the gathering group. Asynchronous writes do not wait while their
 * bytes are within the limit, so they queue up groups behind a slow force. Guarded by the write path's lock.
 */
final class Groups {

    /** Groups kept for another time: one takes turns with another; more are needed only while a queue lasts. */
    private static final int SPARE = 2;

    private final ArrayDeque<Group> full = new ArrayDeque<>();
    private final ArrayDeque<Group> free = new ArrayDeque<>();
    private Group gathering = new Group();
    private final LargeGroups large;
    private @Nullable Group committing;

    /** {@code large} is given back what comes from there. */
    Groups(LargeGroups large) {
        this.large = large;
        // So that a leader can always take a group, whatever memory is left.
        free.add(new Group());
    }

    /** The group that writes are added to. */
    Group gathering() {
        return gathering;
    }

    /** Has another group gather behind the present one. */
    void rotate() {
        // First, for there may be no memory for it, and then nothing has changed.
        Group next = free.isEmpty() ? new Group() : free.remove();
        full.add(gathering);
        gathering = next;
    }

    /**
     * Has a group that is complete already committed behind all others, before what gathers from now on. It is taken as it is, so that a
     * large batch takes no longer under the lock than a small one.
     */
    void queue(Group complete) {
        if (!gathering.isEmpty()) {
            rotate();
        }
        full.add(complete);
    }

    /** The group to be committed next. */
    Group next() {
        Group oldest = full.peek();
        return oldest == null ? gathering : oldest;
    }

    /** Makes the next group the one that is being committed. */
    Group take() {
        if (full.isEmpty()) {
            rotate();
        }
        Group taken = full.remove();
        committing = taken;
        return taken;
    }

    /** The group that is being committed, or null. */
    @Nullable
    Group committing() {
        return committing;
    }

    /** The group that was being committed has ended and was reset. */
    void ended(Group group) {
        committing = null;
        if (group.ofOneBatch()) {
            large.keep(group);
        } else {
            keep(group);
        }
    }

    private void keep(Group group) {
        if (free.size() < SPARE) {
            free.add(group);
        }
    }

    /** Whether nothing waits to be committed. */
    boolean isEmpty() {
        return full.isEmpty() && gathering.isEmpty();
    }

    /** The groups that wait to be committed, oldest first; after this only an empty gathering one does. The caller ends and resets them. */
    List<Group> removeWaiting() {
        List<Group> waiting = new ArrayList<>(full);
        waiting.add(gathering);
        // Those of large batches go: whoever prepares one takes it without the lock, and these are not reset yet.
        full.stream().filter(group -> !group.ofOneBatch()).forEach(this::keep);
        full.clear();
        return waiting;
    }

    /** The newest group that holds a record of the key, or null. */
    @Nullable
    Group find(long high, int low) {
        if (gathering.find(high, low) >= 0) {
            return gathering;
        }
        for (Iterator<Group> newestFirst = full.descendingIterator(); newestFirst.hasNext(); ) {
            Group group = newestFirst.next();
            if (group.find(high, low) >= 0) {
                return group;
            }
        }
        return committing != null && committing.find(high, low) >= 0 ? committing : null;
    }
}
