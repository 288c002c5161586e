package io.stave.engine.events;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** The room on the disk has come to another level. */
@Name("io.stave.LowDisk")
@Label("Low Disk")
@Description("The room on the disk has become short, or ample again")
final class LowDiskEvent extends StaveEvent {

    static final LowDiskEvent PROBE = new LowDiskEvent();

    @Label("Level")
    @Description("AMPLE, LOW or EXHAUSTED")
    String level = "";

    @Label("Usable Bytes")
    @DataAmount
    long usableBytes;

    @Label("Spare Bytes")
    @Description("What puts may take before they are refused")
    @DataAmount
    long spareBytes;
}
