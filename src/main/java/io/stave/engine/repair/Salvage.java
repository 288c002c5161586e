package io.stave.engine.repair;

import io.stave.CorruptionException;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.segment.RecordCursor;
import io.stave.segment.RecordSearch;
import io.stave.segment.RecordVisitor;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import io.stave.segment.SegmentWalk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks over all records of a damaged segment that verify, up to where it ends and whatever lies between them. Reads only. */
final class Salvage {

    /** An end that nobody knows: what is there up to the end of the file belongs to the segment. */
    static final long WHOLE = Long.MAX_VALUE;

    private static final int CHUNK = 64 * 1024;

    private final StoreDirectory directory;
    private final Manifest manifest;
    private final ListedSegment segment;
    private final long end;
    private final List<Damage.Range> lost = new ArrayList<>();
    private Damage.@Nullable Range behind;
    private long kept;

    /** Walks up to {@code end}, which is where a batch ends. */
    Salvage(StoreDirectory directory, Manifest manifest, ListedSegment segment, long end) {
        this.directory = directory;
        this.manifest = manifest;
        this.segment = segment;
        this.end = end;
    }

    /** How many records were shown. */
    long kept() {
        return kept;
    }

    /** What lies between them. */
    List<Damage.Range> lost() {
        return List.copyOf(lost);
    }

    /** What lies behind the end, up to the last byte that is not zero; null if nothing does. */
    Damage.@Nullable Range behind() {
        return behind;
    }

    /** Shows each record that verifies, in the order of the file. */
    void walk(RecordVisitor visitor) throws IOException {
        try (ReadableFile file = directory.open(SegmentNames.segment(segment.id()))) {
            long length = file.length();
            long limit = Math.min(end, length);
            // The last record may end in zeros, too: so they are looked at, but do not count as lost.
            long used = end == WHOLE ? lastByte(file, length) : limit;
            SegmentWalk walk = new SegmentWalk();
            long at = SegmentHeader.LENGTH;
            while (at < used) {
                walk.open(file, segment.storeId(), segment.id(), at, limit);
                at = walk(walk, visitor);
                walk.close();
                if (at < used) {
                    long next =
                            RecordSearch.next(file, segment.storeId(), segment.id(), at + 1, limit, greatest(length));
                    lost.add(new Damage.Range(at, Math.min(next, used)));
                    at = next;
                }
            }
            if (end != WHOLE && length < end) {
                lost.add(new Damage.Range(Math.max(length, SegmentHeader.LENGTH), end));
            }
            if (!segment.isSealed() && limit < length) {
                long last = lastByte(file, length);
                behind = last > limit ? new Damage.Range(limit, last) : null;
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
