package io.stave.engine.events;

import io.stave.CorruptionException;
import io.stave.DiskRoom;
import io.stave.MergeReport;
import io.stave.RecoveryReport;
import org.jspecify.annotations.Nullable;

/**
 * The way into the recordings of the Java Flight Recorder. Where the platform has no module {@code jdk.jfr} nothing is ever recorded, and
 * the classes of the events are never loaded.
 *
 * <p>What lasts begins with a call that gives a token, or null if nobody records: that is one look at a flag, without an allocation, for the
 * object whose class is asked is always the same. The token goes back, from the same thread, when it has ended.
 */
public final class Flight {

    private static final boolean PRESENT = isPresent("jdk.jfr.Event");

    private Flight() {}

    /** Whether the class is there, and may be used by this module. */
    static boolean isPresent(String name) {
        try {
            Class<?> event = Class.forName(name, false, Flight.class.getClassLoader());
            return Flight.class.getModule().canRead(event.getModule());
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    // ---- what lasts

    /** An open begins. */
    public static @Nullable Object beginOpen() {
        return PRESENT ? Recorder.beginOpen() : null;
    }

    /** It has succeeded or failed: one of the two is null. */
    public static void endOpen(
            @Nullable Object begun, String store, @Nullable RecoveryReport report, @Nullable Throwable failure) {
        if (begun != null) {
            Recorder.endOpen(begun, store, report, failure);
        }
    }

    /** A new segment is begun. */
    public static @Nullable Object beginRoll() {
        return PRESENT ? Recorder.beginRoll() : null;
    }

    /** It is there. */
    public static void endRoll(
            @Nullable Object begun, String store, String segment, @Nullable String previous, long previousLength) {
        if (begun != null) {
            Recorder.endRoll(begun, store, segment, previous, previousLength);
        }
    }

    /** A merge begins. */
    public static @Nullable Object beginMerge() {
        return PRESENT ? Recorder.beginMerge() : null;
    }

    /** It has ended, early if there is a failure. */
    public static void endMerge(
            @Nullable Object begun, String store, boolean background, MergeReport report, @Nullable Throwable failure) {
        if (begun != null) {
            Recorder.endMerge(begun, store, background, report, failure);
        }
    }

    /** A force begins, of a segment that is forced so far. */
    public static @Nullable Object beginForce(long from) {
        return PRESENT ? Recorder.beginForce(from) : null;
    }

    /** It has ended. */
    public static void endForce(@Nullable Object begun, String store, String segment, long to) {
        if (begun != null) {
            Recorder.endForce(begun, store, segment, to);
        }
    }

    /** A call of the store begins. */
    public static @Nullable Object beginOperation() {
        return PRESENT ? Recorder.beginOperation() : null;
    }

    /** It has ended. */
    public static void endOperation(@Nullable Object begun, String store, String operation) {
        if (begun != null) {
            Recorder.endOperation(begun, store, operation);
        }
    }

    // ---- what happens

    /** Something does not verify. */
    public static void corruption(String store, CorruptionException damage) {
        if (PRESENT) {
            Recorder.corruption(store, damage);
        }
    }

    /** Writes have stopped. */
    public static void stop(String store, Throwable failure) {
        if (PRESENT) {
            Recorder.stop(store, failure);
        }
    }

    /** The room on the disk has come to another level. */
    public static void lowDisk(String store, DiskRoom room) {
        if (PRESENT) {
            Recorder.lowDisk(store, room);
        }
    }
}
