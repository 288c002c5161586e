package io.stave.engine.write;

/**
 * What a caller brings to the write path, to be applied as a whole or not at all: one write, or a batch. For one call, by one thread.
 */
interface Request {

    /** Bytes of its records, for those who count what is under way. */
    long bytes();

    /** How many sequences it takes if it is applied: one for each record. */
    int count();

    /** Whether its records only give space back. */
    boolean onlyDeletes();

    /** Whether preparing it takes memory in proportion to its bytes. */
    boolean isLarge();

    /** Does what needs no lock, before each attempt: reads what the decision will be about, copies what is large into a group of its own. */
    void prepare(Conditions conditions, LargeGroups large);

    /** Decides, under the lock. */
    Conditions.Decision decide(Conditions conditions, Groups groups);

    /** Whether it can join without making the gathering group longer than {@code limit}. */
    boolean hasRoom(Groups groups, int limit);

    /** Joins the groups, under the lock, and returns the one it is in. If there is no memory for it, nothing has joined. */
    Group join(Groups groups, long firstSequence);
}
