package io.stave.engine.live;

import io.stave.CorruptionException;
import io.stave.io.MappedFile;
import io.stave.io.Mapping;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.segment.Segment;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The mappings that a new moment is made of. A file that is mapped can lose its name and stays readable, so a merge of the writer's that
 * unlinks it takes nothing away any more.
 *
 * <p>No mapping reaches beyond what is sealed or certified, for what lies behind may be cut off by the writer's recovery (I9).
 */
public final class Pins implements AutoCloseable {

    private final StoreDirectory directory;
    private final Map<Long, Mapping> sealed = new HashMap<>();
    private final Set<Mapping> made = Collections.newSetFromMap(new IdentityHashMap<>());

    public Pins(StoreDirectory directory) {
        this.directory = directory;
    }

    /** Uses the mapping of a segment that is open already, if it is sealed and so mapped whole. It stays its owner's. */
    public void reuse(Segment segment) {
        if (segment.state() == Segment.State.SEALED) {
            sealed.put(segment.id(), segment.mapping());
        }
    }

    /**
     * Maps a sealed segment, unless that was done before.
     *
     * @throws java.nio.file.NoSuchFileException if it is not there any more
     * @throws CorruptionException if it is shorter than listed, or is another one
     */
    public Mapping pin(ListedSegment segment) throws IOException {
        Mapping known = sealed.get(segment.id());
        if (known != null) {
            return known;
        }
        try (ReadableFile file = directory.open(SegmentNames.segment(segment.id()))) {
            SegmentHeader.read(file, segment.storeId(), segment.id());
            long length = file.length();
            if (length < segment.length()) {
                throw new CorruptionException(file.name(), length, segment.length() + " bytes", length + " bytes");
            }
            Mapping mapping = own(file.map(segment.length()));
            sealed.put(segment.id(), mapping);
            return mapping;
        }
    }

    /** Maps the first {@code end} bytes of an unsealed segment; throws as {@link #pin(ListedSegment)}. */
    public Mapping pin(Tail tail, long end) throws IOException {
        try (ReadableFile file = directory.open(SegmentNames.segment(tail.id()))) {
            long length = file.length();
            if (length < end) {
                throw new CorruptionException(file.name(), length, end + " certified bytes", length + " bytes");
            }
            return own(file.map(end));
        }
    }

    /** A sealed segment that is pinned, to be read from front to back. */
    public ReadableFile open(ListedSegment segment) throws IOException {
        return new MappedFile(SegmentNames.segment(segment.id()), pin(segment));
    }

    private Mapping own(Mapping mapping) {
        made.add(mapping);
        return mapping;
    }

    /** Hands over the mappings among these that were made here. */
    public void keepMapped(Collection<Mapping> used) {
        made.removeAll(used);
    }

    /** Releases what was mapped here and not handed over. */
    @Override
    public void close() {
        made.forEach(Mapping::release);
        made.clear();
    }
}
