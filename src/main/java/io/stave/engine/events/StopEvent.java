package io.stave.engine.events;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The store has stopped writing. */
@Name("io.stave.Stop")
@Label("Writes Stopped")
@Description("A failure has stopped all writes until the store is opened again")
@StackTrace
final class StopEvent extends StaveEvent {

    static final StopEvent PROBE = new StopEvent();

    @Label("Failure")
    String failure = "";
}
