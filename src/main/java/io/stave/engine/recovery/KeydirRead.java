package io.stave.engine.recovery;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.RecoveryProgress.Phase;
import io.stave.engine.base.Parallel;
import io.stave.engine.base.ProgressMeter;
import io.stave.engine.live.SegmentTally;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.keydir.Keydir;
import io.stave.keydir.KeydirMaker;
import io.stave.keydir.KeydirRestorer;
import io.stave.keydir.PartImage;
import io.stave.manifest.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the file in which a clean close left the keydir, and verifies it whole, if the MANIFEST vouches for one. Writes nothing (I10).
 */
public final class KeydirRead<K extends Keydir> {

    private final StoreDirectory directory;
    private final Manifest manifest;
    private final KeydirMaker<K> maker;
    private final ProgressMeter progress;
    private final int threads;

    private @Nullable String rejected;
    private boolean ofAnotherKind;

    /** Reads on so many threads at the most. */
    public KeydirRead(
            StoreDirectory directory, Manifest manifest, KeydirMaker<K> maker, ProgressMeter progress, int threads) {
        this.directory = directory;
        this.manifest = manifest;
        this.maker = maker;
        this.progress = progress;
        this.threads = threads;
    }

    /** A keydir, and what the segments have of live bytes and others, by their ids. */
    public record Restored<K extends Keydir>(K keydir, Map<Long, SegmentTally> tallies) {}

    /** Returns the keydir; null if there is no such file, or it cannot be used. */
    public @Nullable Restored<K> read() {
        if (manifest.keydir() == Manifest.NO_KEYDIR) {
            return null;
        }
        try (ReadableFile file = directory.open(KeydirFile.NAME);
                KeydirRestorer<K> restorer = maker.restorer()) {
            KeydirIndex index = readIndex(file);
            readParts(file, index, restorer);
            // Not before it is known to be good: else the phase would begin once more, with the hints.
            progress.begin(Phase.LOAD, index.fileLength());
            progress.end();
            return new Restored<>(restorer.finish(), index.tallies());
        } catch (NoSuchFileException e) {
            rejected = "there is no such file";
        } catch (OtherKeydirException e) {
            ofAnotherKind = true;
            rejected = String.valueOf(e.getMessage());
        } catch (CorruptionException | FormatVersionException | IOException e) {
            rejected = String.valueOf(e.getMessage());
        }
        return null;
    }

    /** Why the file that the MANIFEST vouches for could not be used; null if it was used, or there is to be none. */
    public @Nullable String rejected() {
        return rejected;
    }

    /** Whether that was only because it is one of another kind, so that nothing is wrong. */
    public boolean ofAnotherKind() {
        return ofAnotherKind;
    }

    private KeydirIndex readIndex(ReadableFile file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(
                        KeydirIndex.length(maker.form(), manifest.segments().size()))
                .order(ByteOrder.LITTLE_ENDIAN);
        file.read(bytes, 0);
        KeydirIndex index = KeydirIndex.decode(bytes.flip(), manifest, maker);
        // Before memory is taken for it.
        if (file.length() != index.fileLength()) {
            throw new CorruptionException(
                    KeydirFile.NAME,
                    Math.min(file.length(), index.fileLength()),
                    index.fileLength() + " bytes",
                    file.length() + " bytes");
        }
        return index;
    }

    /** Neighbouring parts that are read together. */
    private record Run(int from, int until, long offset, long bytes) {}

    private void readParts(ReadableFile file, KeydirIndex index, KeydirRestorer<K> restorer) throws IOException {
        Parallel.forEach(SealedLoad.THREAD, runs(index), threads, run -> {
            if (run.until - run.from == 1) {
                ByteBuffer table = part(restorer, run.from, index.image(run.from));
                fill(file, table.duplicate(), run.offset);
                verify(table, index, run.from, run.offset);
            } else {
                ByteBuffer chunk = ByteBuffer.allocate((int) run.bytes);
                fill(file, chunk, run.offset);
                takeApart(chunk.flip(), index, run, restorer);
            }
        });
    }

    private static List<Run> runs(KeydirIndex index) {
        List<Run> runs = new ArrayList<>();
        long offset = index.header();
        long bytes = 0;
        int from = 0;
        for (int i = 0; i < index.parts(); i++) {
            long more = index.image(i).bytes();
            if (bytes > 0 && bytes + more > KeydirFile.CHUNK) {
                runs.add(new Run(from, i, offset, bytes));
                offset += bytes;
                bytes = 0;
                from = i;
            }
            bytes += more;
        }
        if (bytes > 0) {
            runs.add(new Run(from, index.parts(), offset, bytes));
        }
        return runs;
    }

    private void takeApart(ByteBuffer chunk, KeydirIndex index, Run run, KeydirRestorer<K> restorer)
            throws IOException {
        for (int i = run.from; i < run.until; i++) {
            int bytes = (int) index.image(i).bytes();
            long offset = run.offset + chunk.position();
            ByteBuffer part = chunk.slice(chunk.position(), bytes);
            verify(part.duplicate(), index, i, offset);
            part(restorer, i, index.image(i)).put(part);
            chunk.position(chunk.position() + bytes);
        }
    }

    /** What verifies may still be of no use: the library that a part is made by can be another release than the one that left it. */
    private ByteBuffer part(KeydirRestorer<K> restorer, int part, PartImage image) throws IOException {
        try {
            return restorer.part(part, image);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static void fill(ReadableFile file, ByteBuffer target, long offset) throws IOException {
        int wanted = target.remaining();
        int read = file.read(target, offset);
        if (read < wanted) {
            throw new CorruptionException(KeydirFile.NAME, offset, wanted + " bytes", read + " bytes");
        }
    }

    private static void verify(ByteBuffer table, KeydirIndex index, int part, long offset) {
        CRC32C crc = new CRC32C();
        crc.update(table);
        int actual = (int) crc.getValue();
        if (actual != index.checksum(part)) {
            throw new CorruptionException(
                    KeydirFile.NAME,
                    offset,
                    String.format("a part with checksum %08x", index.checksum(part)),
                    String.format("one whose checksum is %08x", actual));
        }
    }
}
