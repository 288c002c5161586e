package io.stave.engine.enumeration;

import io.stave.io.SimulatedDirectory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What became of each content that was judged: the same bytes lead to the same outcome, at whatever point a crash leaves them. */
final class Outcomes {

    private final Map<Content, Outcome> known = new ConcurrentHashMap<>();

    /** Equal outcomes, once. */
    private final Map<Outcome, Outcome> different = new ConcurrentHashMap<>();

    /** The outcome of what a crash has left. */
    Outcome of(SimulatedDirectory left, Content content) {
        Outcome before = known.get(content);
        if (before != null) {
            return before;
        }
        Outcome judged = Judge.judge(left, content.now());
        Outcome same = different.putIfAbsent(judged, judged);
        Outcome outcome = same == null ? judged : same;
        known.put(content, outcome);
        return outcome;
    }

    /** How many contents were judged. */
    int count() {
        return known.size();
    }
}
