package io.stave.engine.repair;

import io.stave.engine.live.StoreLock;
import io.stave.hint.HintFile;
import io.stave.io.ReadOnlyDirectory;
import io.stave.io.ReadableFile;
import io.stave.io.RealDirectory;
import io.stave.io.StoreDirectory;
import io.stave.io.WritableFile;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Mends a store that holds damage, at the price of what is damaged: the only thing that ever gives up what was acknowledged, and only when asked.
 *
 * <p>In this order: copy each damaged segment and its hint to {@code quarantine/}, and the blobs that only lost records may refer to, and force
 * them → write what verifies into new segments and
 * force them → install a MANIFEST that lists these instead → delete the damaged files. A crash before the install leaves the store as it was,
 * one after it leaves it mended; running it twice is the same as once (I10).
 *
 * <p>Of a record that is lost and known to a hint, a tombstone of the same sequence takes the place: an older value of its key does not come back
 * (I6). Where no hint knows what is lost, it may.
 */
public final class Repair {

    /** Where damaged files go. */
    public static final String QUARANTINE = "quarantine";

    private static final int CHUNK = 1 << 20;

    /** How often to look at what seems to be damaged, at the most. */
    private static final int LOOKS = 10;

    private final StoreDirectory directory;
    private final StoreDirectory quarantine;
    private final RepairPlan plan;

    private Repair(StoreDirectory directory, StoreDirectory quarantine, RepairPlan plan) {
        this.directory = directory;
        this.quarantine = quarantine;
        this.plan = plan;
    }

    /**
     * Plans a repair: takes no lock and writes nothing. Beside a writer a file may go, or be appended to, while it is looked at: damage is what
     * is still there at the next look.
     *
     * @throws io.stave.CorruptionException if the MANIFEST does not verify
     */
    public static RepairPlan plan(Path store) throws IOException {
        try (StoreDirectory directory = ReadOnlyDirectory.open(store)) {
            RepairPlan plan = look(directory);
            for (int look = 1; look < LOOKS && !plan.isEmpty(); look++) {
                RepairPlan next = look(directory);
                if (next.reasons().equals(plan.reasons())) {
                    return next;
                }
                plan = next;
            }
            return plan;
        }
    }

    /** Looks once, beside whoever writes. */
    static RepairPlan look(StoreDirectory directory) throws IOException {
        RepairPlan plan = RepairInspection.plan(directory);
        return plan.isEmpty() ? plan : plan.stillListedBy(ManifestFile.read(directory));
    }

    /**
     * Plans a repair and carries it out, holding the lock of the store.
     *
     * @param announce is told the plan before anything is done
     * @throws io.stave.StoreLockedException if somebody has the store open
     * @throws io.stave.CorruptionException if the MANIFEST does not verify
     */
    public static RepairPlan run(Path store, Consumer<RepairPlan> announce) throws IOException {
        try (StoreDirectory directory = RealDirectory.open(store);
                StoreLock lock = StoreLock.acquire(directory)) {
            RepairPlan plan = RepairInspection.plan(directory);
            announce.accept(plan);
            if (!plan.isEmpty()) {
                try (StoreDirectory quarantine = RealDirectory.create(store.resolve(QUARANTINE))) {
                    new Repair(directory, quarantine, plan).run();
                }
            }
            return plan;
        }
    }

    private void run() throws IOException {
        for (Damage damage : plan.damages()) {
            copy(damage.file());
            copy(HintFile.name(damage.segment().id()));
        }
        for (String blob : OrphanedBlobs.find(directory, plan)) {
            keep(blob);
        }
        quarantine.forceNames();
        Manifest reserved = reserve();
        List<ListedSegment> segments = new ArrayList<>(reserved.segments());
        long id = plan.manifest().segmentIdCeiling();
        for (Damage damage : plan.damages()) {
            ListedSegment mended = rewrite(damage, ++id);
            segments.remove(damage.segment());
            if (mended != null) {
                segments.add(mended);
            }
        }
        directory.forceNames();
        ManifestFile.install(directory, reserved.withSegments(segments));
        for (Damage damage : plan.damages()) {
            boolean unusedSegment = directory.delete(damage.file());
            boolean unusedHint = directory.delete(HintFile.name(damage.segment().id()));
        }
        directory.forceNames();
    }

    /** Ids are reserved before they are used, or a crash would leave a segment that no MANIFEST can have known of. */
    private Manifest reserve() throws IOException {
        Manifest reserved = plan.manifest()
                .withSegmentIdCeiling(
                        plan.manifest().segmentIdCeiling() + plan.damages().size());
        ManifestFile.install(directory, reserved);
        return reserved;
    }

    /** Keeps a file that does not change by another name, where that goes. */
    private void keep(String name) throws IOException {
        boolean unused = quarantine.delete(name);
        if (!quarantine.link(directory, name)) {
            copy(name);
        }
    }

    private void copy(String name) throws IOException {
        try (ReadableFile from = directory.open(name)) {
            boolean unused = quarantine.delete(name);
            try (WritableFile to = quarantine.create(name)) {
                ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
                for (long at = 0; from.read(chunk.clear(), at) > 0; ) {
                    int bytes = chunk.flip().remaining();
                    to.write(chunk, at);
                    at += bytes;
                }
                to.force();
            }
        } catch (NoSuchFileException e) {
            return; // what is missing cannot be kept
        }
    }

    /** Writes what verifies into a new segment; returns null if that is nothing. */
    private @Nullable ListedSegment rewrite(Damage damage, long id) throws IOException {
        List<Damage.LostRecord> known = damage.records() == null ? List.of() : damage.records();
        // What a repair that did not come to its end has left.
        boolean unused = directory.delete(SegmentNames.segment(id));
        if (damage.kept() == 0 && known.isEmpty()) {
            return null;
        }
        try (SalvagedSegment mended =
                SalvagedSegment.create(directory, plan.manifest().storeId(), id)) {
            if (damage.kept() > 0) {
                new Salvage(directory, plan.manifest(), damage.segment(), damage.end()).walk(mended::append);
            }
            for (Damage.LostRecord record : known) {
                mended.appendTombstone(record.key(), record.version());
            }
            return mended.isEmpty() ? abandon(id) : mended.finish();
        }
    }

    private @Nullable ListedSegment abandon(long id) throws IOException {
        boolean unused = directory.delete(SegmentNames.segment(id));
        return null;
    }
}
