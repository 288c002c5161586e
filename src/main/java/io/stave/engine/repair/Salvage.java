package io.stave.engine.repair;

import io.stave.CorruptionException;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.segment.RecordCursor;
import io.stave.segment.RecordFormat;
import io.stave.segment.RecordSearch;
import io.stave.segment.RecordVisitor;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import io.stave.segment.SegmentWalk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Walks over all records of a damaged segment that verify, whatever lies between them. Reads only. */
final class Salvage {

    private static final int CHUNK = 64 * 1024;

    private final StoreDirectory directory;
    private final Manifest manifest;
    private final ListedSegment segment;
    private final List<Damage.Range> lost = new ArrayList<>();
    private long until = Long.MAX_VALUE;
    private long completeEnd;
    private long kept;

    Salvage(StoreDirectory directory, Manifest manifest, ListedSegment segment) {
        this.directory = directory;
        this.manifest = manifest;
        this.segment = segment;
    }

    /** Shows nothing from this offset on. */
    Salvage until(long offset) {
        until = offset;
        return this;
    }

    /** Where the last batch ends that is complete: of an unsealed segment, what lies behind was never acknowledged (I5). */
    long completeEnd() {
        return segment.isSealed() ? Long.MAX_VALUE : completeEnd;
    }

    /** How many records were shown. */
    long kept() {
        return kept;
    }

    /** What lies between them. */
    List<Damage.Range> lost() {
        return List.copyOf(lost);
    }

    /** Shows each record that verifies, in the order of the file. */
    void walk(RecordVisitor visitor) throws IOException {
        try (ReadableFile file = directory.open(SegmentNames.segment(segment.id()))) {
            long length = file.length();
            // The last record may end in zeros, too: so they are looked at, but do not count as lost.
            long end = segment.isSealed() ? Math.min(segment.length(), length) : length;
            long used = segment.isSealed() ? end : lastByte(file, length);
            SegmentWalk walk = new SegmentWalk();
            long at = SegmentHeader.LENGTH;
            while (at < used) {
                walk.open(file, segment.storeId(), segment.id(), at, end);
                at = walk(walk, visitor);
                walk.close();
                if (at < used) {
                    long next = RecordSearch.next(file, segment.storeId(), segment.id(), at + 1, end, greatest(length));
                    lost.add(new Damage.Range(at, Math.min(next, used)));
                    at = next;
                }
            }
            if (segment.isSealed() && length < segment.length()) {
                lost.add(new Damage.Range(Math.max(length, SegmentHeader.LENGTH), segment.length()));
            }
        }
    }

    /** Shows records up to damage, or the end; returns where that is. */
    private long walk(SegmentWalk walk, RecordVisitor visitor) throws IOException {
        while (true) {
            RecordCursor record;
            try {
                record = walk.next();
            } catch (CorruptionException e) {
                return walk.offset();
            }
            if (record == null) {
                return walk.offset();
            }
            if (record.offset() >= until) {
                continue;
            }
            if ((record.flags() & RecordFormat.CONTINUES) == 0) {
                completeEnd = walk.offset();
            }
            kept++;
            visitor.record(record);
        }
    }

    /** No sequence above the ceiling was issued; a certificate has an offset in its place. */
    private long greatest(long length) {
        return Math.max(manifest.sequenceCeiling(), length);
    }

    /** The offset behind the last byte that is not zero: the writer extends files ahead of itself. */
    private static long lastByte(ReadableFile file, long length) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        for (long from = (length - 1) / CHUNK * CHUNK; from >= 0; from -= CHUNK) {
            int n = file.read(chunk.clear(), from);
            for (int i = n - 1; i >= 0; i--) {
                if (chunk.get(i) != 0) {
                    return from + i + 1;
                }
            }
        }
        return 0;
    }
}
