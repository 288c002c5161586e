package io.stave.cli.inspect;

import io.stave.BlobReader;
import io.stave.CorruptionException;
import io.stave.ReadOnlyStave;
import io.stave.StoreIOException;
import io.stave.StoredRecord;
import io.stave.cli.command.ByteForm;
import io.stave.cli.terminal.Progress;
import io.stave.io.StoreDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads every blob that a live record refers to, chunk by chunk. One that is missing may have been given up by a writer meanwhile: then there is
 * a newer record of its key, which is looked for before anything is said.
 */
final class BlobCheck {

    private static final int WINDOW = 1 << 16;

    /** What was given up before the first is found in it, unless the log rolls just then; then the second one shows it. */
    private static final int ROUNDS = 2;

    private final StoreDirectory directory;
    private final ReadOnlyStave store;
    private final Progress progress;
    private final BlobsLook look;

    private final List<Anomaly> anomalies = new ArrayList<>();
    private final Map<String, MissingBlob> missing = new TreeMap<>();
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW);
    private long done;

    /** Of a store that was opened after its files were looked at. */
    BlobCheck(StoreDirectory directory, ReadOnlyStave store, BlobsLook look, Progress progress) {
        this.directory = directory;
        this.store = store;
        this.look = look;
        this.progress = progress;
    }

    /** Reads them; null if there are none. */
    @Nullable
    BlobFindings run() throws IOException {
        progress.begin("verifying blobs");
        store.walk(KeydirCheck.sound(record -> {
            if (record.inBlob()) {
                StoredRecord.Fate fate = record.fate();
                look.record(record, fate);
                if (fate == StoredRecord.Fate.LIVE) {
                    read(record, String.valueOf(record.blobFile()));
                }
            }
        }));
        for (int i = 0; i < ROUNDS && !missing.isEmpty(); i++) {
            forgetGivenUp();
        }
        missing.values().forEach(blob -> anomalies.add(Anomaly.blob(blob.damage(), ByteForm.AUTO.show(blob.key()))));
        return look.all((long) anomalies.size());
    }

    /** What is wrong. */
    List<Anomaly> anomalies() {
        return anomalies;
    }

    private void read(StoredRecord record, String file) {
        byte[] key = record.key();
        try (BlobReader reader = store.openReader(key)) {
            if (reader != null) {
                read(reader);
            }
        } catch (CorruptionException e) {
            anomalies.add(Anomaly.blob(e, ByteForm.AUTO.show(key)));
        } catch (StoreIOException e) {
            if (exists(file)) {
                throw e;
            }
            missing.put(file, new MissingBlob(file, key, record.version(), record.valueLength()));
        }
    }

    private void read(BlobReader reader) {
        while (reader.read(window.clear()) >= 0) {
            done += window.position();
            progress.at(done, look.fileBytes());
        }
    }

    private boolean exists(String file) {
        try {
            return directory.list().contains(file);
        } catch (IOException e) {
            return true; // then the directory cannot be read, and that is what is wrong
        }
    }

    /** Those that nothing refers to any more are not missing. */
    private void forgetGivenUp() throws IOException {
        boolean unused = store.refresh();
        Set<String> live = new HashSet<>();
        store.walk(KeydirCheck.sound(record -> {
            if (record.inBlob() && record.fate() == StoredRecord.Fate.LIVE) {
                live.add(String.valueOf(record.blobFile()));
            }
        }));
        missing.keySet().retainAll(live);
        MissingBlob.forgetSuperseded(missing.values(), directory);
    }
}
