package io.stave.engine.events;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Something on disk does not verify. One event for each place, however often it is met. */
@Name("io.stave.Corruption")
@Label("Corruption")
@Description("Something on disk does not verify")
@StackTrace
final class CorruptionEvent extends StaveEvent {

    static final CorruptionEvent PROBE = new CorruptionEvent();

    @Label("File")
    String file = "";

    @Label("Offset")
    @Description("Where the damage begins, in bytes from the start of the file")
    long offset;

    @Label("Expected")
    String expected = "";

    @Label("Actual")
    String actual = "";
}
