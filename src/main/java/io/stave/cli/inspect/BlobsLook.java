package io.stave.cli.inspect;

import io.stave.CorruptionException;
import io.stave.StoredRecord;
import io.stave.blob.BlobNames;
import io.stave.blob.UploadJournal;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Looks at the files of blobs and uploads, and is told of the records, to find out which of them are needed. Does not read a blob. */
final class BlobsLook {

    /** Those that there were before records were looked at: a record that refers to a later one was not there either. */
    private final Map<String, Long> files = new TreeMap<>();

    private final StoreDirectory directory;
    private final List<BlobFindings.Upload> uploads = new ArrayList<>();
    private final Set<String> referred = new HashSet<>();
    private long live;
    private long liveBytes;

    /** Looks at the files. */
    BlobsLook(StoreDirectory directory) throws IOException {
        this.directory = directory;
        List<String> names = directory.list();
        for (String name : names) {
            if (BlobNames.parseBlob(name).isPresent()) {
                addFile(name);
            }
        }
        for (String name : names) {
            OptionalLong id = BlobNames.parseUpload(name);
            if (id.isPresent()) {
                files.remove(BlobNames.blob(id.getAsLong()));
                addUpload(id.getAsLong());
            }
        }
    }

    private void addFile(String name) throws IOException {
        try (ReadableFile file = directory.open(name)) {
            files.put(name, file.length());
        } catch (NoSuchFileException e) {
            return; // its value has been replaced since
        }
    }

    private void addUpload(long id) throws IOException {
        try {
            UploadJournal.State state = UploadJournal.read(directory, id);
            uploads.add(new BlobFindings.Upload(
                    id, Instant.ofEpochMilli(state.begun()), state.chunks().size(), state.bytes()));
        } catch (NoSuchFileException | CorruptionException e) {
            return; // it is being ended, or begun; or a crash has left it so, and nobody knows its id
        }
    }

    /** Is told of a record; each one once. */
    void record(StoredRecord record, StoredRecord.Fate fate) {
        if (fate != StoredRecord.Fate.LIVE && fate != StoredRecord.Fate.EXPIRED) {
            return;
        }
        String file = record.blobFile();
        if (file != null) {
            referred.add(file);
            if (fate == StoredRecord.Fate.LIVE) {
                live++;
                liveBytes += record.valueLength();
            }
        }
    }

    /** Shows records to another one, too; asks nothing of them where there are no blobs. */
    StoredRecord.Visitor beside(StoredRecord.Visitor other) {
        if (files.isEmpty()) {
            return other;
        }
        return new StoredRecord.Visitor() {
            @Override
            public void record(StoredRecord record) {
                other.record(record);
                if (record.inBlob()) {
                    BlobsLook.this.record(record, record.fate());
                }
            }

            @Override
            public void damaged(CorruptionException damage, long bytesLeftOut) {
                other.damaged(damage, bytesLeftOut);
            }
        };
    }

    /** The bytes of the files of blobs. */
    long fileBytes() {
        return files.values().stream().mapToLong(Long::longValue).sum();
    }

    /** What was found, without a look at records; null if there is nothing. */
    @Nullable
    BlobFindings files() {
        return files.isEmpty() && uploads.isEmpty()
                ? null
                : new BlobFindings(files.size(), fileBytes(), null, null, null, null, null, List.copyOf(uploads));
    }

    /** What was found, with all records; null if there is nothing. {@code damaged} is null if no blob was read. */
    @Nullable
    BlobFindings all(@Nullable Long damaged) throws IOException {
        if (files.isEmpty() && uploads.isEmpty() && live == 0) {
            return null;
        }
        // What has been replaced and deleted meanwhile is none.
        Set<String> there = new HashSet<>(directory.list());
        long orphans = 0;
        long orphanBytes = 0;
        for (Map.Entry<String, Long> file : files.entrySet()) {
            if (!referred.contains(file.getKey()) && there.contains(file.getKey())) {
                orphans++;
                orphanBytes += file.getValue();
            }
        }
        return new BlobFindings(
                files.size(), fileBytes(), live, liveBytes, orphans, orphanBytes, damaged, List.copyOf(uploads));
    }
}
