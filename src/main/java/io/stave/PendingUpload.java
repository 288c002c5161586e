package io.stave;

import java.time.Instant;
import java.util.Arrays;

/**
 * An upload that was begun and neither committed nor aborted, as {@link Stave#uploads()} lists it.
 *
 * @param id for {@link Stave#resumeUpload(long)}
 * @param key whose value it is to be; not copied on the way in or out
 * @param begun when
 * @param chunks how many chunks have arrived
 * @param bytes how many bytes
 * @since 0.1
 */
public record PendingUpload(long id, byte[] key, Instant begun, int chunks, long bytes) {

    @Override
    public boolean equals(Object other) {
        return other instanceof PendingUpload that
                && id == that.id
                && Arrays.equals(key, that.key)
                && begun.equals(that.begun)
                && chunks == that.chunks
                && bytes == that.bytes;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id);
    }

    /** {@return all but the contents of the key, which may be secret} */
    @Override
    public String toString() {
        return "PendingUpload[id=" + id + ", key=" + key.length + " bytes, begun=" + begun + ", chunks=" + chunks
                + ", bytes=" + bytes + "]";
    }
}
