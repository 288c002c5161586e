package io.stave.engine.backup;

import io.stave.CheckpointReport;
import io.stave.CorruptionException;
import io.stave.engine.recovery.SealedFiles;
import io.stave.hint.BadHintException;
import io.stave.hint.HintFile;
import io.stave.hint.HintReader;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.WritableFile;
import io.stave.manifest.ListedSegment;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Brings sealed segments and their hints from one directory to another, by a link or a copy, and verifies what has arrived. */
final class SegmentBringer {

    private static final int PIECE = 1 << 20;

    private final StoreDirectory source;
    private final StoreDirectory target;
    private final boolean link;
    private final Runnable goesOn;
    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);

    private int linked;
    private int copied;
    private long bytesCopied;

    /**
     * Creates one for a single use.
     *
     * @param link whether the two directories may share files
     * @param goesOn called often, for each record too; ends the work by throwing
     */
    SegmentBringer(StoreDirectory source, StoreDirectory target, boolean link, Runnable goesOn) {
        this.source = source;
        this.target = target;
        this.link = link;
        this.goesOn = goesOn;
    }

    /**
     * Brings a segment, and its hint if that is of use. The names are not forced.
     *
     * @throws CorruptionException if it does not verify
     */
    void bring(ListedSegment segment) throws IOException {
        goesOn.run();
        String name = SegmentNames.segment(segment.id());
        if (link && target.link(source, name)) {
            linked++;
        } else {
            copy(name, segment.length());
            copied++;
            bytesCopied += segment.length();
        }
        try (ReadableFile file = target.open(name)) {
            SealedFiles.scan(file, segment, record -> goesOn.run());
        }
        bringHint(segment);
    }

    /** A hint is advice: one that is missing, or wrong, is left behind. */
    private void bringHint(ListedSegment segment) throws IOException {
        String name = HintFile.name(segment.id());
        try {
            if (!(link && target.link(source, name))) {
                copy(name, Long.MAX_VALUE);
            }
        } catch (NoSuchFileException e) {
            return;
        }
        try (HintReader hint =
                HintReader.open(target, segment.storeId(), segment.id(), segment.length(), segment.digest())) {
            hint.read(entry -> goesOn.run());
            hint.filter();
        } catch (BadHintException e) {
            boolean unused = target.delete(name);
        }
    }

    /** Copies and forces the first bytes of a file, or all. */
    private void copy(String name, long most) throws IOException {
        try (ReadableFile from = source.open(name);
                WritableFile to = target.create(name)) {
            long length = Math.min(most, from.length());
            for (long at = 0; at < length; at += piece.limit()) {
                goesOn.run();
                piece.clear().limit((int) Math.min(PIECE, length - at));
                from.read(piece, at);
                if (piece.hasRemaining()) {
                    throw new CorruptionException(
                            name, at + piece.position(), length + " bytes", "a file that became shorter");
                }
                to.write(piece.flip(), at);
            }
            to.force();
        }
    }

    /** What was done. */
    CheckpointReport report(Path directory, long version, List<ListedSegment> segments, int kept, Duration duration) {
        long bytes = segments.stream().mapToLong(ListedSegment::length).sum();
        return new CheckpointReport(
                directory, version, segments.size(), bytes, kept, linked, copied, bytesCopied, duration);
    }
}
