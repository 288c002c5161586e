package io.stave.engine.enumeration;

import io.stave.engine.model.Held;
import java.util.Map;

/**
 * What became of a crash state.
 *
 * @param contents what the store showed when it was opened
 * @param nextVersion the version of the first put then
 * @param nextSegmentId the id of the segment that it went to
 */
public record Outcome(Map<Integer, Held> contents, long nextVersion, long nextSegmentId) {}
