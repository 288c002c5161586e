package io.stave.engine.backup;

import io.stave.CheckpointReport;
import io.stave.CorruptionException;
import io.stave.blob.BlobFile;
import io.stave.blob.BlobReference;
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

/** Brings sealed segments with their hints, and blobs, from one directory to another, by a link or a copy, and verifies what has arrived. */
final class FileBringer {

    private static final int PIECE = 1 << 20;
    private static final String TEMPORARY = ".tmp";

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
    FileBringer(StoreDirectory source, StoreDirectory target, boolean link, Runnable goesOn) {
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
        copy(name, name, most);
    }

    private void copy(String name, String copy, long most) throws IOException {
        try (ReadableFile from = source.open(name);
                WritableFile to = target.create(copy)) {
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

    /**
     * Brings a blob. A copy gets its name when it is whole, so that one that a crash has broken off is never taken for it. The names are not
     * forced.
     *
     * @throws CorruptionException if it does not verify
     */
    void bring(BlobReference blob) throws IOException {
        goesOn.run();
        String name = blob.file();
        if (link && target.link(source, name)) {
            linked++;
        } else {
            String temporary = name + TEMPORARY;
            boolean unused = target.delete(temporary);
            copy(name, temporary, blob.fileLength());
            target.rename(temporary, name);
            copied++;
            bytesCopied += blob.fileLength();
        }
        try {
            verify(target, blob, goesOn);
        } catch (IOException | RuntimeException e) {
            // What has its name is kept for the next checkpoint without another look at its chunks.
            boolean unused = target.delete(name);
            throw e;
        }
    }

    /** Reads all of a blob and verifies it; {@code goesOn} is called for each chunk. */
    static void verify(StoreDirectory directory, BlobReference blob, Runnable goesOn) throws IOException {
        try (BlobFile file = BlobFile.open(directory, blob)) {
            ByteBuffer chunk = ByteBuffer.allocate(blob.chunks() == 0 ? 0 : blob.chunkLength(0));
            for (int i = 0; i < blob.chunks(); i++) {
                goesOn.run();
                chunk.clear();
                file.read(i, chunk);
            }
        } catch (NoSuchFileException e) {
            throw new CorruptionException(blob.file(), 0, "a blob of " + blob.length() + " bytes", "no file");
        }
    }

    /** What was done. */
    CheckpointReport report(Path directory, long version, CheckpointContent content, int kept, Duration duration) {
        return new CheckpointReport(
                directory,
                version,
                content.segments().size(),
                content.blobs().size(),
                content.bytes(),
                kept,
                linked,
                copied,
                bytesCopied,
                duration);
    }
}
