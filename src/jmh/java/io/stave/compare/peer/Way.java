package io.stave.compare.peer;

/** The ways a user has to write many records. */
public enum Way {
    /** One call a record, waited for. */
    PUT,
    /** Batches, or transactions, of {@value #BATCH_RECORDS} records. */
    BATCH,
    /** Asynchronous puts, waited for at the end. */
    ASYNC;

    /** Records of a batch or transaction, alike for all peers. */
    public static final int BATCH_RECORDS = 1_000;
}
