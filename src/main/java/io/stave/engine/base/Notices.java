package io.stave.engine.base;

import io.stave.CorruptionException;
import io.stave.DiskRoom;
import io.stave.MergeReport;
import io.stave.RecoveryReport;
import io.stave.StoreFailedException;
import io.stave.StoreListener;
import io.stave.engine.events.Flight;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one place that the rooms tell what somebody outside may want to hear of. It goes into the log, into the recordings of the Java Flight
 * Recorder, and to the listener in the options.
 *
 * <pre>
 *   rooms, any thread, any lock held ──▶ Notices ──▶ log, Flight      on that thread
 *                                           └──▶ queue ──▶ listener   on the thread stave-notify, no lock held
 * </pre>
 *
 * <p>Nothing here fails or waits: what a listener throws is logged, and where it cannot keep up with {@value #MOST_WAITING} notices, later
 * ones are dropped and their number is logged. Without a listener there is no thread.
 */
public final class Notices implements AutoCloseable {

    /** So many notices may wait for the listener. */
    static final int MOST_WAITING = 1024;

    /** Of so many damaged places each is told of once; there is no hearing of more. */
    static final int MOST_PLACES = 1024;

    private final String store;
    private final StoreLog log;
    private final StoreListener listener;
    private final Worker worker;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();
    private final Set<String> damaged = ConcurrentHashMap.newKeySet();

    /**
     * Of the store in a directory.
     *
     * @param inline whether the listener is called by the thread that tells, which makes a simulation deterministic
     */
    public Notices(Path store, StoreListener listener, boolean inline) {
        this.store = store.toString();
        this.log = new StoreLog(store);
        this.listener = listener;
        this.worker = new Worker("stave-notify", new Health(), inline, () -> Worker.NOT_BEFORE_WOKEN);
    }

    /** For a test of a room: nobody listens. */
    public static Notices unheard() {
        return new Notices(Path.of("test"), StoreListener.NONE, true);
    }

    // ---- what the rooms tell; any thread

    /** An open begins; what comes back goes into {@link #opened} or {@link #notOpened}, on the same thread. */
    public @Nullable Object beginOpen() {
        return Flight.beginOpen();
    }

    /** The store is open. */
    public void opened(@Nullable Object begun, RecoveryReport report) {
        Flight.endOpen(begun, store, report, null);
        log.debug(report.describe(), null);
    }

    /** The store could not be opened. */
    public void notOpened(@Nullable Object begun, Throwable failure) {
        Flight.endOpen(begun, store, null, failure);
        if (failure instanceof CorruptionException damage) {
            corruption(damage);
        }
    }

    /** A new segment is begun; what comes back goes into {@link #rolled}, on the same thread. */
    public @Nullable Object beginRoll() {
        return Flight.beginRoll();
    }

    /** Writes go to a new segment, for which they waited so long; the one before, if there was one, is complete. */
    public void rolled(
            @Nullable Object begun, String segment, @Nullable String previous, long previousLength, long nanos) {
        Flight.endRoll(begun, store, segment, previous, previousLength);
        if (previous != null) {
            tell(each -> each.rolled(new StoreListener.Roll(segment, previous, previousLength, nanos)));
        }
    }

    /** A merge begins; what comes back goes into {@link #merged}, on the same thread. */
    public @Nullable Object beginMerge() {
        return Flight.beginMerge();
    }

    /** A merge has ended, early if there is a failure. */
    public void merged(@Nullable Object begun, boolean background, MergeReport report, @Nullable Throwable failure) {
        Flight.endMerge(begun, store, background, report, failure);
        if (!report.isEmpty()) {
            tell(each -> each.merged(report));
        }
    }

    /** A force begins, of a segment that is forced so far; what comes back goes into {@link #forced}, on the same thread. */
    public @Nullable Object beginForce(long from) {
        return Flight.beginForce(from);
    }

    /** A segment is forced to an offset. */
    public void forced(@Nullable Object begun, String segment, long to) {
        Flight.endForce(begun, store, segment, to);
    }

    /** A call of the store begins; what comes back goes into {@link #ended}, on the same thread. */
    public @Nullable Object beginOperation() {
        return Flight.beginOperation();
    }

    /** A call of the store has ended. */
    public void ended(@Nullable Object begun, String operation) {
        Flight.endOperation(begun, store, operation);
    }

    /** Something does not verify; returns what it was given, to be thrown. Told of once for each place. */
    public CorruptionException corruption(CorruptionException damage) {
        if (damaged.size() < MOST_PLACES && damaged.add(damage.file() + '@' + damage.offset())) {
            Flight.corruption(store, damage);
            log.error(String.valueOf(damage.getMessage()), damage.getCause());
            tell(each -> each.corrupted(damage));
        }
        return damage;
    }

    /** The first failure has stopped all writes (I8). */
    public void stopped(Throwable failure) {
        Flight.stop(store, failure);
        log.error(
                "the store stops writing: " + failure
                        + ". Reads go on; close the store, see to the disk, and open it again to recover.",
                failure);
        tell(each -> each.stopped(new StoreFailedException(failure)));
    }

    /** The room on the disk has come to another level. */
    public void room(DiskRoom room) {
        Flight.lowDisk(store, room);
        if (room.level() == DiskRoom.Level.AMPLE) {
            log.info("the disk has room again: puts may take " + room.spareBytes() + " bytes.");
        } else {
            log.warn(
                    "the disk is low: " + room.usableBytes() + " bytes are free, puts may take " + room.spareBytes()
                            + " of them. Free some, or delete keys and merge.",
                    null);
        }
        tell(each -> each.diskRoomChanged(room));
    }

    // ---- how the listener hears of it

    private void tell(Consumer<StoreListener> notice) {
        if (listener == StoreListener.NONE) {
            return;
        }
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            dropped.incrementAndGet();
            return;
        }
        try {
            worker.execute(() -> deliver(notice));
        } catch (Throwable e) {
            // There may be no thread to be had; what is queued is told with the next notice.
            log.debug("no thread for the listener", e);
        }
    }

    private void deliver(Consumer<StoreListener> notice) {
        waiting.decrementAndGet();
        try {
            notice.accept(listener);
        } catch (Throwable e) {
            log.warn(
                    "the listener has thrown " + e
                            + ", which does no harm here. Mend it: it may miss what it waits for.",
                    e);
        }
        int lost = dropped.getAndSet(0);
        if (lost > 0) {
            log.warn(
                    "the listener was too slow for " + lost
                            + " notices, which it does not get. Have it hand work over.",
                    null);
        }
    }

    /** Whether the calling thread is the one that calls the listener. */
    public boolean isCurrentThread() {
        return worker.isCurrentThread();
    }

    /** Has the listener told what is left, and ends its thread. */
    @Override
    public void close() {
        worker.close();
    }
}
