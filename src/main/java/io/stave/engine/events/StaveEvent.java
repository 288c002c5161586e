package io.stave.engine.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.StackTrace;

/** What all events have in common. The fields belong to the one thread that made the event. */
@Category("Stave")
@StackTrace(false)
abstract class StaveEvent extends Event {

    @Label("Store")
    @Description("Directory of the store")
    String store = "";
}
