package io.stave.engine.faults;

import io.stave.Durability;
import io.stave.engine.faults.FaultImage.Kind;
import java.time.Duration;
import java.util.function.Consumer;

/** What a store does while an operation of it fails; nothing where that is to open it. */
enum FaultDeed {
    CREATE(Kind.EMPTY),
    OPEN(Kind.CLOSED),
    OPEN_AFTER_CRASH(Kind.TORN),
    OPEN_AFTER_CRASH_IN_MERGE(Kind.IN_MERGE),
    OPEN_WITHOUT_HINTS(Kind.WITHOUT_HINTS),
    PUT(Kind.CLOSED, run -> {
        run.put(1, 100);
        run.put(1, 200);
        run.delete(2);
        run.put(3, 0);
    }),
    PUT_LARGE(Kind.CLOSED, run -> {
        run.put(4, 263_000);
        run.put(4, 264_000);
    }),
    PUT_UNFORCED(Kind.CLOSED, run -> {
        run.promise(Durability.OS);
        run.put(1, 100);
        run.delete(2);
        run.put(1, 2500);
        run.put(3, 2500);
        run.sync();
        run.promise(Durability.interval(Duration.ofHours(1)));
        run.put(3, 50);
        run.promise(Durability.SYNC);
        run.put(4, 50);
    }),
    CONDITIONS(Kind.CLOSED, run -> {
        run.compareAndSet(1, 100, true);
        run.compareAndSet(1, 100, false);
        run.compareAndSet(9, 100, true);
        run.delete(1);
    }),
    BATCH(Kind.CLOSED, run -> {
        run.batch(300);
        run.batch(0);
        run.put(1, 200);
    }),
    BATCH_OF_ITS_OWN(Kind.CLOSED, run -> {
        run.batch(60_000);
        run.batch(50);
    }),
    EXPIRY(Kind.EXPIRING, run -> {
        run.put(1, 60, 200);
        run.setExpiry(3, 50);
        run.setExpiry(4, 0);
        run.advance(150);
        run.sweep();
        run.delete(2);
        run.put(5, 40);
        run.advance(100);
        run.sweep();
    }),
    ROLL(Kind.CLOSED, run -> {
        for (int i = 0; i < 9; i++) {
            run.put(i, 1200);
        }
    }),
    /** The MANIFEST is replaced in the middle of a put. */
    RAISE_CEILING(Kind.CLOSED, run -> {
        run.skipVersions();
        run.put(1, 100);
        run.put(2, 100);
        run.put(3, 100);
    }),
    MERGE(Kind.CLOSED, run -> {
        run.merge();
        run.put(1, 30);
    }),
    MERGE_TWICE(Kind.CLOSED, run -> {
        run.put(1, 30);
        run.merge();
        run.delete(1);
        run.merge();
    }),
    MERGE_LARGE(Kind.LARGE, FaultRun::merge),
    MERGE_OLDEST(Kind.LARGE, run -> {
        run.mergeOldest(3);
        run.mergeOldest(2);
    }),
    MERGE_EXPIRED(Kind.EXPIRING, run -> {
        run.advance(150);
        run.mergeOldest(3);
        run.merge();
    }),
    /** Open on a disk that is nearly full. */
    OPEN_FULL(Kind.FULL),
    /** The disk is filled, emptied and filled again. */
    FILL(Kind.FULL, run -> {
        run.fill(900);
        run.delete(1);
        run.delete(2);
        run.merge();
        run.fill(900);
    }),
    /** Somebody else takes all that is left: a MANIFEST finds no room until RESERVE gives some. */
    DISK_TAKEN(Kind.FULL, run -> {
        run.nothingIsLeft();
        run.skipSegmentIds();
        run.delete(3);
        run.mergeOldest(2);
        run.merge();
        run.put(1, 100);
    }),
    SNAPSHOT(Kind.CLOSED, run -> {
        run.snapshot();
        run.put(1, 100);
        run.delete(2);
        run.walkSnapshot();
        run.merge();
        run.walkSnapshot();
        run.closeSnapshot();
    }),
    READ_ONLY(Kind.CLOSED, run -> {
        run.openReader();
        run.put(1, 100);
        run.put(2, 100);
        run.refreshReader();
        run.merge();
        run.refreshReader();
        run.closeReader();
    }),
    READ_ONLY_WITHOUT_HINTS(Kind.WITHOUT_HINTS, run -> {
        run.openReader();
        run.closeReader();
    }),
    BLOB(Kind.CLOSED, run -> {
        run.put(4, 270_000);
        run.compareAndSet(4, 280_000, false);
        run.put(4, 100);
        run.put(1, 270_000);
        run.delete(1);
    }),
    BLOB_UNFORCED(Kind.CLOSED, run -> {
        run.put(4, 270_000);
        run.promise(Durability.OS);
        run.put(1, 100);
        run.put(4, 100);
        run.sync();
    }),
    BLOB_UPLOADED(Kind.CLOSED, run -> {
        run.put(4, 50);
        run.upload(4, 270_000);
        run.merge();
    }),
    SYNC(Kind.CLOSED, run -> {
        run.put(5, 77);
        run.sync();
    }),
    CLOSE(Kind.CLOSED, run -> {
        run.put(5, 77);
        run.promise(Durability.OS);
        run.put(6, 77);
        run.delete(1);
        run.close();
    }),
    CLOSE_UNUSED(Kind.CLOSED, FaultRun::close);

    private final Kind image;
    private final boolean inOpen;
    private final Consumer<FaultRun> deed;

    FaultDeed(Kind image) {
        this.image = image;
        this.inOpen = true;
        this.deed = run -> {};
    }

    FaultDeed(Kind image, Consumer<FaultRun> deed) {
        this.image = image;
        this.inOpen = false;
        this.deed = deed;
    }

    /** What is on the disk before. */
    Kind image() {
        return image;
    }

    /** Whether what fails is the open itself. */
    boolean failsInOpen() {
        return inOpen;
    }

    /** Whether nothing is changed, so that only what reads can fail. */
    boolean onlyReads() {
        return this == READ_ONLY_WITHOUT_HINTS;
    }

    /** Whether it writes values that are read from files of their own. */
    boolean writesBlobs() {
        return name().startsWith("BLOB");
    }

    void on(FaultRun run) {
        deed.accept(run);
    }
}
