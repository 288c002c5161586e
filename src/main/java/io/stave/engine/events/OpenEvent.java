package io.stave.engine.events;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** A store was opened, and recovered if need be; or could not be. Its duration is that of the open. */
@Name("io.stave.Open")
@Label("Store Opened")
@Description("A store was opened, and recovered if need be; or could not be")
final class OpenEvent extends StaveEvent {

    static final OpenEvent PROBE = new OpenEvent();

    @Label("Created")
    @Description("Whether there was no store, so that one was made")
    boolean created;

    @Label("Clean")
    @Description("Whether it had been closed, so that nothing was to be recovered")
    boolean clean;

    @Label("Keydir Restored")
    @Description("Whether the keydir was there as the last close had left it")
    boolean keydirRestored;

    @Label("Segments")
    int segments;

    @Label("Segments Scanned")
    @Description("Segments that had to be read for want of a hint")
    int segmentsScanned;

    @Label("Bytes Scanned")
    @DataAmount
    long bytesScanned;

    @Label("Records Recovered")
    @Description("Keys of the store")
    long recordsRecovered;

    @Label("Cuts")
    @Description("Torn tails that were cut off")
    int cuts;

    @Label("Failure")
    @Description("Why the store could not be opened; null if it was")
    @Nullable
    String failure;
}
