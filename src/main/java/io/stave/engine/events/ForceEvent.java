package io.stave.engine.events;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;

/** A segment was forced. Its duration is that of the force. */
@Name("io.stave.Force")
@Label("Force")
@Description("A segment was forced to stable storage")
@Threshold("10 ms")
final class ForceEvent extends StaveEvent {

    static final ForceEvent PROBE = new ForceEvent();

    @Label("Segment")
    String segment = "";

    @Label("Bytes")
    @Description("Bytes that were not forced before")
    @DataAmount
    long bytes;

    /** How far the segment was forced before. */
    transient long from;
}
