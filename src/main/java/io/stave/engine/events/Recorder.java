package io.stave.engine.events;

import io.stave.CorruptionException;
import io.stave.DiskRoom;
import io.stave.MergeReport;
import io.stave.RecoveryReport;
import org.jspecify.annotations.Nullable;

/** The half of {@link Flight} that is loaded only where there is a flight recorder. */
final class Recorder {

    private Recorder() {}

    static @Nullable Object beginOpen() {
        if (!OpenEvent.PROBE.isEnabled()) {
            return null;
        }
        OpenEvent event = new OpenEvent();
        event.begin();
        return event;
    }

    static void endOpen(Object begun, String store, @Nullable RecoveryReport report, @Nullable Throwable failure) {
        OpenEvent event = (OpenEvent) begun;
        event.end();
        if (!event.shouldCommit()) {
            return;
        }
        event.store = store;
        event.failure = failure == null ? null : failure.toString();
        if (report != null) {
            event.created = report.created();
            event.clean = report.clean();
            event.keydirRestored = report.keydirRestored();
            event.segments = report.segments();
            event.segmentsScanned = report.segmentsScanned();
            event.bytesScanned = report.bytesScanned();
            event.recordsRecovered = report.recordsRecovered();
            event.cuts = report.cuts().size();
        }
        event.commit();
    }

    static @Nullable Object beginRoll() {
        if (!RollEvent.PROBE.isEnabled()) {
            return null;
        }
        RollEvent event = new RollEvent();
        event.begin();
        return event;
    }

    static void endRoll(Object begun, String store, String segment, @Nullable String previous, long previousLength) {
        RollEvent event = (RollEvent) begun;
        event.end();
        if (event.shouldCommit()) {
            event.store = store;
            event.segment = segment;
            event.previous = previous;
            event.previousLength = previousLength;
            event.commit();
        }
    }

    static @Nullable Object beginMerge() {
        if (!MergeEvent.PROBE.isEnabled()) {
            return null;
        }
        MergeEvent event = new MergeEvent();
        event.begin();
        return event;
    }

    static void endMerge(
            Object begun, String store, boolean background, MergeReport report, @Nullable Throwable failure) {
        MergeEvent event = (MergeEvent) begun;
        event.end();
        if (event.shouldCommit()) {
            event.store = store;
            event.background = background;
            event.inputs = report.inputs().size();
            event.outputs = report.outputs().size();
            event.bytesRead = report.bytesRead();
            event.bytesWritten = report.bytesWritten();
            event.bytesReclaimed = report.bytesReclaimed();
            event.recordsCopied = report.recordsCopied();
            event.recordsDropped = report.recordsDropped();
            event.damagedSegments = report.damagedSegments().size();
            event.failure = failure == null ? null : failure.toString();
            event.commit();
        }
    }

    static @Nullable Object beginForce(long from) {
        if (!ForceEvent.PROBE.isEnabled()) {
            return null;
        }
        ForceEvent event = new ForceEvent();
        event.from = from;
        event.begin();
        return event;
    }

    static void endForce(Object begun, String store, String segment, long to) {
        ForceEvent event = (ForceEvent) begun;
        event.end();
        if (event.shouldCommit()) {
            event.store = store;
            event.segment = segment;
            event.bytes = to - event.from;
            event.commit();
        }
    }

    static @Nullable Object beginOperation() {
        if (!SlowOperationEvent.PROBE.isEnabled()) {
            return null;
        }
        SlowOperationEvent event = new SlowOperationEvent();
        event.begin();
        return event;
    }

    static void endOperation(Object begun, String store, String operation) {
        SlowOperationEvent event = (SlowOperationEvent) begun;
        event.end();
        if (event.shouldCommit()) {
            event.store = store;
            event.operation = operation;
            event.commit();
        }
    }

    static void corruption(String store, CorruptionException damage) {
        if (CorruptionEvent.PROBE.isEnabled()) {
            CorruptionEvent event = new CorruptionEvent();
            event.store = store;
            event.file = damage.file();
            event.offset = damage.offset();
            event.expected = damage.expected();
            event.actual = damage.actual();
            event.commit();
        }
    }

    static void stop(String store, Throwable failure) {
        if (StopEvent.PROBE.isEnabled()) {
            StopEvent event = new StopEvent();
            event.store = store;
            event.failure = failure.toString();
            event.commit();
        }
    }

    static void lowDisk(String store, DiskRoom room) {
        if (LowDiskEvent.PROBE.isEnabled()) {
            LowDiskEvent event = new LowDiskEvent();
            event.store = store;
            event.level = room.level().name();
            event.usableBytes = room.usableBytes();
            event.spareBytes = room.spareBytes();
            event.commit();
        }
    }
}
