package io.stave.hint;

import java.io.IOException;

/** Is shown the entries of a hint, in the order they were added. */
@FunctionalInterface
public interface HintVisitor {

    /**
     * Called for each entry of a hint that was verified from end to end.
     *
     * @param entry the entry; the cursor and its buffer are valid only during the call
     * @throws IOException ends the walk
     */
    void entry(HintCursor entry) throws IOException;
}
