package io.stave.engine.readonly;

import io.stave.engine.base.KeydirMemory;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.live.Tail;
import io.stave.io.Mapping;
import io.stave.keydir.CompactKeydir;
import io.stave.manifest.Manifest;
import io.stave.segment.Segment;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * What a read-only store shows: the store as it was when some write had just been forced. It is made of the sealed segments of one MANIFEST,
 * and of the unsealed ones as far as they were certified, without holes.
 *
 * <p>A moment grows into the next one as long as the writer only appends: keydir and segments are the same objects then. When a merge has
 * taken segments away, the next moment is loaded into new ones ({@link MomentLoad}, {@link MomentGrowth}).
 *
 * @param manifest what was listed
 * @param memory what the keydir's tables are allocated from, and freed with
 * @param keydir the newest record of each key
 * @param segments the segments that the keydir points into
 * @param tails the unsealed segments, by id, those of which nothing is shown yet included
 * @param version the largest version among the records
 */
record Moment(
        Manifest manifest,
        KeydirMemory memory,
        CompactKeydir keydir,
        LiveSegments segments,
        List<Tail> tails,
        long version) {

    /** The same moment, with a version that is no smaller than one that was told before: merges remove the records of deletes. */
    Moment notBefore(long told) {
        return new Moment(manifest, memory, keydir, segments, tails, Math.max(version, told));
    }

    /** The mappings that its readers use. */
    List<Mapping> mappings() {
        return segments.all().stream().map(Segment::mapping).toList();
    }

    /** Those that {@code next} does not use. */
    List<Mapping> mappingsWithout(Moment next) {
        Set<Mapping> used = Collections.newSetFromMap(new IdentityHashMap<>());
        used.addAll(next.mappings());
        return mappings().stream().filter(mapping -> !used.contains(mapping)).toList();
    }
}
