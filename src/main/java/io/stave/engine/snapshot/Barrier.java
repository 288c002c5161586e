package io.stave.engine.snapshot;

/** Where a task can run while nothing is being published: the write path, as those see it who need a moment of the store. */
public interface Barrier {
    /**
     * Runs {@code task} at a moment when everything acknowledged is published and nothing is being published: by the leader, between two
     * groups. Nothing is written meanwhile, so it must be brief. Returns when it has run.
     */
    void atBarrier(Runnable task);

    /** Runs {@code task} when nobody leads and nobody can begin to; for a store that has stopped, where groups fail and nothing is published. */
    void atRest(Runnable task);
}
