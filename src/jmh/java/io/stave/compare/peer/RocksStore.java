package io.stave.compare.peer;

import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** An open RocksDB, of any form. */
final class RocksStore implements Store {
    private final RocksDB rocks;
    private final List<AutoCloseable> held;
    private final WriteOptions write;

    RocksStore(RocksDB rocks, List<AutoCloseable> held, boolean forced) {
        this.rocks = rocks;
        this.held = held;
        this.write = new WriteOptions().setSync(forced);
        held.add(0, write);
    }

    @Override
    public void put(byte[] key, byte[] value) throws RocksDBException {
        rocks.put(write, key, value);
    }

    @Override
    public byte[] get(byte[] key) throws RocksDBException {
        return rocks.get(key);
    }

    @Override
    public void delete(byte[] key) throws RocksDBException {
        rocks.delete(write, key);
    }

    @Override
    public void sync() throws RocksDBException {
        rocks.syncWal();
    }

    @Override
    public Bulk bulk(Way way, boolean ascending) {
        return way == Way.BATCH ? new Batches() : Store.super.bulk(way, ascending);
    }

    /** Flushes count: until a memtable is written out the compaction of what it holds has not begun. */
    @Override
    public Boolean merging() throws RocksDBException {
        return rocks.getLongProperty("rocksdb.num-running-compactions") > 0
                || rocks.getLongProperty("rocksdb.num-running-flushes") > 0;
    }

    @Override
    public void settle() throws RocksDBException {
        try (FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
            rocks.flush(flush);
        }
        while (merging() || rocks.getLongProperty("rocksdb.compaction-pending") > 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public Map<String, Double> figures() throws RocksDBException {
        return Map.of(
                "pendingCompactionBytes", (double) rocks.getLongProperty("rocksdb.estimate-pending-compaction-bytes"));
    }

    @Override
    public void close() throws Exception {
        rocks.closeE();
        for (AutoCloseable one : held) {
            one.close();
        }
    }

    private final class Batches implements Bulk {
        private final WriteBatch batch = new WriteBatch();

        @Override
        public void put(byte[] key, byte[] value) throws RocksDBException {
            batch.put(key, value);
            if (batch.count() == Way.BATCH_RECORDS) {
                apply();
            }
        }

        @Override
        public void finish() throws RocksDBException {
            apply();
            batch.close();
        }

        private void apply() throws RocksDBException {
            rocks.write(write, batch);
            batch.clear();
        }
    }
}
