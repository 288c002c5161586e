package io.stave.segment;

import java.io.IOException;

/** Is shown the records of a segment in file order. */
@FunctionalInterface
public interface RecordVisitor {

    /**
     * Called for each record that verified and whose batch is complete.
     *
     * @param record the record; the cursor and its buffer are valid only during the call
     * @throws IOException to end the walk; the scanner passes it on
     */
    void record(RecordCursor record) throws IOException;
}
