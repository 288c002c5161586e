package io.stave.engine.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.BlobUpload;
import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.blob.BlobOutput;
import io.stave.blob.UploadJournal;
import io.stave.hint.HintFile;
import io.stave.io.CrashState;
import io.stave.io.FileHeader;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreId;
import io.stave.manifest.ManifestFile;
import io.stave.segment.RecordFormat;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An open deletes the blobs that no record refers to, and no other one. */
class BlobInventoryTest extends BlobStore {

    /** With the keydir, with hints and with neither. */
    @Test
    void whateverAnOpenReadsItKnowsTheBlobs() throws IOException {
        store.put(KEY, bytes(1, 3000));
        store.put(OTHER, bytes(2, 3000));
        store.put(OTHER, bytes(3, 2000));
        for (String suffix : List.of("none", "KEYDIR", ".hint")) {
            closeStore();
            for (String name : directory.list()) {
                boolean shortcut = name.endsWith(suffix) || (suffix.equals(".hint") && name.equals("KEYDIR"));
                boolean unused = shortcut && directory.delete(name);
            }
            open();
            assertEquals(2, blobs().size());
            assertArrayEquals(bytes(1, 3000), store.get(KEY));
            assertArrayEquals(bytes(3, 2000), store.get(OTHER));
        }
        store.delete(OTHER);
        assertEquals(1, blobs().size());
    }

    @Test
    void aRecordThatCannotBeReadKeepsEveryBlob() throws IOException {
        store.put(KEY, bytes(1, 3000));
        store.put(OTHER, bytes(2, 3000));
        closeStore();
        List<String> before = blobs();
        String segment = directory.list().stream()
                .filter(name -> SegmentNames.parse(name).isPresent())
                .findFirst()
                .orElseThrow();
        byte[] damaged = directory.content(segment);
        damaged[SegmentHeader.LENGTH + RecordFormat.HEADER_LENGTH + KEY.length + 4] ^= 1;
        directory.damage(segment, damaged);
        open();
        assertThrows(CorruptionException.class, () -> store.get(KEY));
        assertArrayEquals(bytes(2, 3000), store.get(OTHER));
        assertEquals(before, blobs());
        assertTrue(directory.exists(HintFile.name(SegmentNames.parse(segment).orElseThrow())));
    }

    @Test
    void anOlderManifestDeletesNoBlob() throws IOException {
        store.put(KEY, bytes(1, 10));
        closeStore();
        byte[] older = directory.content(ManifestFile.NAME);
        open();
        store.put(KEY, bytes(1, 3000));
        closeStore();
        directory.damage(ManifestFile.NAME, older);
        List<String> before = blobs();
        assertEquals(1, before.size());
        assertRefused();
        assertEquals(before, blobs());
        beginAnew();
    }

    @Test
    void blobsWithoutAManifestAreNoNewStore() throws IOException {
        store.put(KEY, bytes(1, 3000));
        closeStore();
        for (String name : directory.list()) {
            boolean unused = !name.endsWith(".blob") && directory.delete(name);
        }
        assertRefused();
        assertEquals(1, blobs().size());
        beginAnew();
    }

    @Test
    void aJournalThatACrashLeftWithoutItsBlobGoes() throws IOException {
        try (BlobUpload upload = store.beginUpload(KEY)) {
            upload.write(0, ByteBuffer.wrap(bytes(1, CHUNK)));
        }
        closeStore();
        directory.delete(blobs().get(0));
        open();
        assertEquals(List.of(), store.uploads());
        assertEquals(List.of(), uploads());
    }

    @Test
    void aJournalThatDoesNotVerifyGoesWithItsBlob() throws IOException {
        try (BlobUpload upload = store.beginUpload(KEY)) {
            upload.write(0, ByteBuffer.wrap(bytes(1, CHUNK)));
        }
        closeStore();
        byte[] damaged = directory.content(uploads().get(0));
        damaged[70] ^= 1;
        directory.damage(uploads().get(0), damaged);
        open();
        assertEquals(List.of(), uploads());
        assertEquals(List.of(), blobs());
    }

    /** Even where nothing is left of its upload: what else it stands for only a newer release knows. */
    @Test
    void aJournalOfANewerFormatIsRefused() throws IOException {
        BlobUpload upload = store.beginUpload(KEY);
        closeStore();
        directory.delete(blobs().get(0));
        String journal = uploads().get(0);
        ByteBuffer newer =
                FileHeader.begin(UploadJournal.MAGIC, UploadJournal.VERSION + 1, new StoreId(1, 2), upload.id());
        FileHeader.seal(newer);
        byte[] bytes = directory.content(journal);
        newer.get(bytes, 0, FileHeader.LENGTH);
        directory.damage(journal, bytes);
        SimulatedDirectory refused = directory;
        assertThrows(FormatVersionException.class, this::open);
        directory = refused.afterCrash(CrashState.everything());
        assertEquals(List.of(journal), uploads());
        beginAnew();
    }

    /** It has an id that was never reserved here. */
    @Test
    void aBlobOfAnotherStoreIsRefused() throws IOException {
        closeStore();
        BlobOutput.create(directory, new StoreId(1, 2), 1, CHUNK).close();
        assertRefused();
        assertEquals(1, blobs().size());
        beginAnew();
    }

    private void assertRefused() {
        SimulatedDirectory refused = directory;
        assertThrows(CorruptionException.class, this::open);
        directory = refused.afterCrash(CrashState.everything());
    }

    private void beginAnew() {
        directory = new SimulatedDirectory();
        open();
    }
}
