package io.stave.cli.tour;

import io.stave.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Compares the store with what it has acknowledged and with the disk, byte for byte. Trusts neither. */
final class Check {

    /** Where values are looked up. */
    interface Store {
        /** The entry of a key, or null. */
        @Nullable
        Entry find(byte[] key);

        /** How many keys there are. */
        long keys();
    }

    /** Where the files are. */
    interface Disk {
        /** What a file holds. */
        byte[] read(TourFile file) throws IOException;
    }

    private final TourPlan plan;
    private final AckLog log;
    private final Store store;
    private final Disk disk;

    private int acknowledged;
    private int found;
    private int deleted;
    private int absent;
    private int inFlight;
    private int changedOnDisk;
    private int present;
    private final List<Verdict.Loss> losses = new ArrayList<>();

    private Check(TourPlan plan, AckLog log, Store store, Disk disk) {
        this.plan = plan;
        this.log = log;
        this.store = store;
        this.disk = disk;
    }

    /**
     * Looks at every file of the plan.
     *
     * @param moment what to call this check
     * @param progress told how many files have been looked at
     */
    static Verdict run(String moment, TourPlan plan, AckLog log, Store store, Disk disk, IntConsumer progress) {
        return new Check(plan, log, store, disk).verdict(moment, progress);
    }

    private Verdict verdict(String moment, IntConsumer progress) {
        for (int file = 0; file < plan.files().size(); file++) {
            look(file);
            progress.accept(file + 1);
        }
        // Only if all else is well: a file that is missing may be missing in the count, too, and is one loss, not two.
        if (losses.isEmpty() && store.keys() != present) {
            losses.add(new Verdict.Loss(
                    "the count of keys", "the store counts " + store.keys() + ", and " + present + " can be found"));
        }
        return new Verdict(moment, acknowledged, found, deleted, absent, inFlight, changedOnDisk, losses);
    }

    private void look(int file) {
        Entry entry = store.find(plan.files().get(file).key());
        if (entry != null) {
            present++;
        }
        Ack ack = log.last(file);
        if (ack == null) {
            changedOnDisk++; // it vanished before it could be put
            if (entry != null) {
                lose(file, "is there, though it was never put");
            }
        } else if (log.inFlight(file)) {
            inFlight++;
            if (!asBeforeTheChange(file, ack, entry) && !asAfterTheChange(file, ack, entry)) {
                lose(file, ack, entry);
            }
        } else if (ack.kind() == Ack.Kind.DELETE) {
            deleted++;
            if (entry == null) {
                absent++;
            } else {
                lose(file, "is back, though its delete was acknowledged");
            }
        } else {
            acknowledged++;
            lookAtPut(file, ack, entry);
        }
    }

    private void lookAtPut(int file, Ack ack, @Nullable Entry entry) {
        if (entry == null || entry.version() != ack.version()) {
            lose(file, ack, entry);
        } else if (Arrays.equals(entry.value(), expected(file, ack.kind()))) {
            found++;
        } else if (Content.checksum(entry.value()) == ack.checksum()) {
            found++;
            changedOnDisk++;
        } else {
            lose(file, ack, entry);
        }
    }

    /** The change in flight did not happen: everything is as the last acknowledged write left it. */
    private boolean asBeforeTheChange(int file, Ack ack, @Nullable Entry entry) {
        return entry != null
                && entry.version() == ack.version()
                && (Arrays.equals(entry.value(), expected(file, ack.kind()))
                        || Content.checksum(entry.value()) == ack.checksum());
    }

    /** The change in flight did happen, though nobody was told. */
    private boolean asAfterTheChange(int file, Ack ack, @Nullable Entry entry) {
        if (plan.roles().get(file) == TourPlan.Role.DELETE) {
            return entry == null;
        }
        if (entry == null || entry.version() <= ack.version()) {
            return false;
        }
        byte[] now = expected(file, Ack.Kind.OVERWRITE);
        if (Arrays.equals(entry.value(), now)) {
            return true;
        }
        // There was no report to tell what was put. If the file is no longer what its draft was made of, it may be
        // right.
        boolean changed = now == null || Content.checksum(Content.draft(now)) != ack.checksum();
        changedOnDisk += changed ? 1 : 0;
        return changed;
    }

    /** What the disk says that a write has put; null if it says nothing any more. */
    private byte @Nullable [] expected(int file, Ack.Kind kind) {
        try {
            byte[] bytes = disk.read(plan.files().get(file));
            boolean draft = kind == Ack.Kind.PUT && plan.roles().get(file) == TourPlan.Role.OVERWRITE;
            return draft ? Content.draft(bytes) : bytes;
        } catch (IOException e) {
            return null;
        }
    }

    private void lose(int file, Ack ack, @Nullable Entry entry) {
        if (entry == null) {
            lose(file, "is missing, though its " + verb(ack) + " was acknowledged");
        } else if (entry.version() < ack.version()) {
            lose(file, "is at version " + entry.version() + ", though " + ack.version() + " was acknowledged");
        } else if (entry.version() > ack.version()) {
            lose(file, "is at version " + entry.version() + ", and nobody wrote after " + ack.version());
        } else {
            lose(file, difference(entry.value(), expected(file, ack.kind())));
        }
    }

    private void lose(int file, String what) {
        losses.add(new Verdict.Loss(plan.files().get(file).name(), what));
    }

    private static String verb(Ack ack) {
        return ack.kind() == Ack.Kind.OVERWRITE ? "overwriting" : "put";
    }

    private static String difference(byte[] value, byte @Nullable [] expected) {
        if (expected == null) {
            return "holds something that was never put";
        }
        return value.length != expected.length
                ? "holds " + value.length + " bytes instead of " + expected.length
                : "differs from the byte at " + Arrays.mismatch(value, expected) + " on";
    }
}
