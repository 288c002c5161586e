package io.stave.compare.peer;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An open peer. Any number of threads may call it. Arrays passed in remain the caller's, who will change them: a peer that
 * keeps references copies them first.
 */
public interface Store extends AutoCloseable {
    /** Writes of many records. Used by one thread. */
    interface Bulk {
        /** Writes a record, now or later. */
        void put(byte[] key, byte[] value) throws Exception;

        /** Returns when all records are acknowledged. */
        void finish() throws Exception;
    }

    /** Returns when the put is acknowledged with what the peer promises in the mode it was opened in. */
    void put(byte[] key, byte[] value) throws Exception;

    /** The value, in an array of its own, or null. */
    byte[] get(byte[] key) throws Exception;

    /** Removes a key. */
    void delete(byte[] key) throws Exception;

    /** Returns when all acknowledged writes are on stable storage; throws if the peer has no such call. */
    void sync() throws Exception;

    /**
     * Many writes in one of the ways that {@link Peer#ways()} names.
     *
     * @param ascending whether each key is greater than all before and than all that are there, which some peers want to be told
     */
    default Bulk bulk(Way way, boolean ascending) {
        if (way != Way.PUT) {
            throw new IllegalArgumentException("has no " + way);
        }
        return new Bulk() {
            @Override
            public void put(byte[] key, byte[] value) throws Exception {
                Store.this.put(key, value);
            }

            @Override
            public void finish() {}
        };
    }

    /** A put that is acknowledged by its future. Only if {@link Peer#ways()} has {@link Way#ASYNC}. */
    default CompletionStage<?> putAsync(byte[] key, byte[] value) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    /** Whether a merge or compaction runs just now, or null if the peer does not tell. */
    default Boolean merging() throws Exception {
        return null;
    }

    /** Waits until merging or compaction has caught up, as far as the peer tells. */
    default void settle() throws Exception {
        while (Boolean.TRUE.equals(merging())) {
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    /** Figures of the peer's own, for the record. */
    default Map<String, Double> figures() throws Exception {
        return Map.of();
    }

    @Override
    void close() throws Exception;
}
