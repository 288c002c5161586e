package io.stave.engine.events;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** A merge ended: one by hand, or one round of the background. Its duration is that of the merge, with what it waited for another one. */
@Name("io.stave.Merge")
@Label("Merge")
@Description("A merge by hand, or a round of the background")
final class MergeEvent extends StaveEvent {

    static final MergeEvent PROBE = new MergeEvent();

    @Label("Background")
    @Description("Whether the store merged of its own accord")
    boolean background;

    @Label("Inputs")
    @Description("Segments that were replaced")
    int inputs;

    @Label("Outputs")
    @Description("Segments that took their place")
    int outputs;

    @Label("Bytes Read")
    @DataAmount
    long bytesRead;

    @Label("Bytes Written")
    @DataAmount
    long bytesWritten;

    @Label("Bytes Reclaimed")
    @DataAmount
    long bytesReclaimed;

    @Label("Records Copied")
    long recordsCopied;

    @Label("Records Dropped")
    long recordsDropped;

    @Label("Damaged Segments")
    int damagedSegments;

    @Label("Failure")
    @Description("What ended it early; null if nothing did")
    @Nullable
    String failure;
}
