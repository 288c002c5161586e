package io.stave;

/**
 * Is told how far {@link Stave#open(java.nio.file.Path, Options)} has come, for a progress bar or a log.
 *
 * <p>Called now and then during the open, by one thread at a time though not always the same one, and at least once at
 * the end of each phase. It should return quickly, for recovery waits for it. What it throws ends the open and reaches
 * the caller; the store on disk is then as good as after a crash, and can be opened again.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface RecoveryProgress {
    /** What opening does, in this order. Later releases may add phases. */
    enum Phase {
        /** Finds out what the last process left behind; changes nothing (I10). */
        INSPECT,
        /** Fills the keydir: as the last close left it, or from hints where they are good and by scanning segments where not. */
        LOAD,
        /** Cuts off torn tails, seals what was open and starts a new segment. */
        ACT
    }

    /** Tells nobody. */
    RecoveryProgress NONE = (phase, doneBytes, totalBytes) -> {};

    /**
     * Reports progress.
     *
     * @param phase what is being done
     * @param doneBytes bytes of files that this phase is done with; never falls within a phase
     * @param totalBytes bytes of files that this phase has to go through, 0 if there are none
     */
    void progress(Phase phase, long doneBytes, long totalBytes);
}
