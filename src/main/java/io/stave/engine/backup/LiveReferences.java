package io.stave.engine.backup;

import io.stave.blob.BlobReference;
import io.stave.io.StoreDirectory;
import io.stave.segment.RecordCursor;
import io.stave.segment.RecordFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds out which blobs the live records of a store refer to, from its records alone: shown all of them, in any order, it notes those that refer to
 * a blob; shown all of them once more, it strikes out those that a newer record of their key has superseded. Takes memory for each blob, not for each
 * key.
 */
final class LiveReferences {

    private record Newest(long sequence, long expiry, BlobReference blob) {

        /** Whether the value has expired: then the store may have given up the blob, and the record is left until a merge. */
        boolean expired(long now) {
            return expiry != RecordFormat.NO_EXPIRY && now >= expiry;
        }
    }

    private final Map<ByteBuffer, Newest> byKey = new HashMap<>();

    /** The first time. */
    void note(RecordCursor record) {
        if (record.kind() == RecordFormat.BLOB) {
            BlobReference blob = BlobReference.decode(record.value(), "a record", record.offset());
            Newest found = new Newest(record.sequence(), record.expiry(), blob);
            byKey.merge(ByteBuffer.wrap(record.key()), found, (a, b) -> a.sequence > b.sequence ? a : b);
        }
    }

    /** Whether there is none, so that nothing need be shown twice. */
    boolean isEmpty() {
        return byKey.isEmpty();
    }

    /** The second time. */
    void strike(RecordCursor record) {
        ByteBuffer key = ByteBuffer.wrap(record.key());
        Newest noted = byKey.get(key);
        if (noted != null && record.sequence() > noted.sequence) {
            byKey.remove(key);
        }
    }

    /** The blobs that are left; without those that are not in the directory, and whose values had expired by {@code now}, in epoch milliseconds. */
    Collection<BlobReference> list(StoreDirectory directory, long now) throws IOException {
        List<BlobReference> blobs = new ArrayList<>();
        for (Newest newest : byKey.values()) {
            if (!newest.expired(now) || directory.exists(newest.blob.file())) {
                blobs.add(newest.blob);
            }
        }
        return blobs;
    }
}
