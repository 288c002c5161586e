package io.stave.engine.enumeration;

import java.io.IOException;

/** What is done to a store, step by step; a life without an end ends as a process that is killed. */
interface Script {

    /** Does it. */
    void run(Life life) throws IOException;
}
