package io.stave.engine.events;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** A new segment was begun. Its duration is what the writers waited for it. */
@Name("io.stave.Roll")
@Label("Segment Rolled")
@Description("Writes go to a new segment from now on")
final class RollEvent extends StaveEvent {

    static final RollEvent PROBE = new RollEvent();

    @Label("Segment")
    @Description("File of the new segment")
    String segment = "";

    @Label("Previous Segment")
    @Description("File of the segment that is complete now; null for the first one since the open")
    @Nullable
    String previous;

    @Label("Previous Length")
    @DataAmount
    long previousLength;
}
