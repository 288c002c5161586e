package io.stave.engine.backup;

import io.stave.blob.BlobReference;
import io.stave.segment.RecordCursor;
import io.stave.segment.RecordFormat;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds out which blobs the live records of a store refer to, from its records alone: shown all of them, in any order, it notes those that refer to
 * a blob; shown all of them once more, it strikes out those that a newer record of their key has superseded. Takes memory for each blob, not for each
 * key.
 */
final class LiveReferences {

    private record Newest(long sequence, BlobReference blob) {}

    private final Map<ByteBuffer, Newest> byKey = new HashMap<>();

    /** The first time. */
    void note(RecordCursor record) {
        if (record.kind() == RecordFormat.BLOB) {
            BlobReference blob = BlobReference.decode(record.value(), "a record", record.offset());
            Newest found = new Newest(record.sequence(), blob);
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

    /** The blobs that are left. */
    Collection<BlobReference> list() {
        return byKey.values().stream().map(Newest::blob).toList();
    }
}
