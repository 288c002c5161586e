package io.stave.engine.repair;

import io.stave.blob.BlobNames;
import io.stave.blob.BlobReference;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.segment.RecordCursor;
import io.stave.segment.RecordFormat;
import io.stave.segment.RecordVisitor;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** Finds the blobs that no record refers to which a repair keeps: the next open would delete them, and one may be the value of a record that is lost. */
final class OrphanedBlobs {

    private final StoreDirectory directory;
    private final RepairPlan plan;
    private final Set<Long> referred = new HashSet<>();

    private OrphanedBlobs(StoreDirectory directory, RepairPlan plan) {
        this.directory = directory;
        this.plan = plan;
    }

    /** Returns the names of their files. Those of uploads that go on are not among them. */
    static List<String> find(StoreDirectory directory, RepairPlan plan) throws IOException {
        Set<Long> blobs = new TreeSet<>();
        Set<Long> uploads = new HashSet<>();
        for (String name : directory.list()) {
            add(BlobNames.parseBlob(name), blobs);
            add(BlobNames.parseUpload(name), uploads);
        }
        blobs.removeAll(uploads);
        if (!blobs.isEmpty()) {
            OrphanedBlobs orphans = new OrphanedBlobs(directory, plan);
            orphans.readAll();
            blobs.removeAll(orphans.referred);
        }
        return blobs.stream().map(BlobNames::blob).toList();
    }

    private static void add(OptionalLong id, Set<Long> ids) {
        id.ifPresent(ids::add);
    }

    private void readAll() throws IOException {
        Map<Long, Damage> damages = new HashMap<>();
        plan.damages().forEach(damage -> damages.put(damage.segment().id(), damage));
        for (ListedSegment segment : plan.manifest().segments()) {
            Damage damage = damages.get(segment.id());
            RecordVisitor refer = record -> refer(record, SegmentNames.segment(segment.id()));
            if (damage == null) {
                long end = segment.isSealed() ? segment.length() : Salvage.WHOLE;
                new Salvage(directory, plan.manifest(), segment, end).walk(refer);
            } else if (damage.kept() > 0) {
                new Salvage(directory, plan.manifest(), segment, damage.end()).walk(refer);
            }
        }
    }

    private void refer(RecordCursor record, String file) {
        if (record.kind() == RecordFormat.BLOB) {
            referred.add(
                    BlobReference.decode(record.value(), file, record.offset()).id());
        }
    }
}
