package io.stave.engine.enumeration;

import io.stave.engine.model.History;

/**
 * One thing that a script did.
 *
 * @param from the operation of the disk that it began with; it lasted until the next step began
 * @param what what it was, in words
 * @param known what a crash in it may take back: all that was acknowledged before it is known, and what it writes itself is not answered yet
 * @param now what the clock showed, in epoch milliseconds
 * @param largestVersion no larger version was given out by the time it had ended
 */
record Step(int from, String what, History known, long now, long largestVersion) {}
