package io.stave.engine.events;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** A call of the store took long. Its duration is what the caller waited. */
@Name("io.stave.SlowOperation")
@Label("Slow Operation")
@Description("A call of the store took longer than the threshold")
@Threshold("20 ms")
@StackTrace
final class SlowOperationEvent extends StaveEvent {

    static final SlowOperationEvent PROBE = new SlowOperationEvent();

    @Label("Operation")
    @Description("Name of the method")
    String operation = "";
}
