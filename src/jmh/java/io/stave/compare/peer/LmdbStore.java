package io.stave.compare.peer;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/** An open LMDB. Each thread has its buffers, and a read transaction that it renews for each get. */
final class LmdbStore implements Store {
    private final Env<ByteBuffer> env;
    private final Dbi<ByteBuffer> dbi;
    private final ThreadLocal<Local> locals;
    private final Queue<Txn<ByteBuffer>> readers = new ConcurrentLinkedQueue<>();

    LmdbStore(Env<ByteBuffer> env, Dbi<ByteBuffer> dbi, Settings settings) {
        this.env = env;
        this.dbi = dbi;
        locals = ThreadLocal.withInitial(() -> new Local(settings.keyBytes(), settings.valueBytes()));
    }

    /** What a thread works with. */
    private final class Local {
        private final ByteBuffer key;
        private final ByteBuffer value;
        private Txn<ByteBuffer> reader;

        Local(int keyBytes, int valueBytes) {
            key = ByteBuffer.allocateDirect(keyBytes);
            value = ByteBuffer.allocateDirect(valueBytes);
        }

        ByteBuffer key(byte[] bytes) {
            return key.clear().put(bytes).flip();
        }

        ByteBuffer value(byte[] bytes) {
            return value.clear().put(bytes).flip();
        }

        Txn<ByteBuffer> reader() {
            if (reader == null) {
                reader = env.txnRead();
                readers.add(reader);
            } else {
                reader.renew();
            }
            return reader;
        }
    }

    @Override
    public void put(byte[] key, byte[] value) {
        Local local = locals.get();
        try (Txn<ByteBuffer> txn = env.txnWrite()) {
            dbi.put(txn, local.key(key), local.value(value));
            txn.commit();
        }
    }

    @Override
    public byte[] get(byte[] key) {
        Local local = locals.get();
        Txn<ByteBuffer> txn = local.reader();
        try {
            ByteBuffer found = dbi.get(txn, local.key(key));
            if (found == null) {
                return null;
            }
            byte[] value = new byte[found.remaining()];
            found.get(value);
            return value;
        } finally {
            txn.reset();
        }
    }

    @Override
    public void delete(byte[] key) {
        dbi.delete(locals.get().key(key));
    }

    @Override
    public void sync() {
        env.sync(true);
    }

    @Override
    public Bulk bulk(Way way, boolean ascending) {
        return way == Way.BATCH
                ? new Transactions(ascending ? new PutFlags[] {PutFlags.MDB_APPEND} : new PutFlags[0])
                : Store.super.bulk(way, ascending);
    }

    /** Forces: otherwise a clean close would leave less behind than the peers do. */
    @Override
    public void close() {
        readers.forEach(Txn::close);
        env.sync(true);
        env.close();
    }

    private final class Transactions implements Bulk {
        private final PutFlags[] flags;
        private Txn<ByteBuffer> txn;
        private int count;

        Transactions(PutFlags[] flags) {
            this.flags = flags;
        }

        @Override
        public void put(byte[] key, byte[] value) {
            if (txn == null) {
                txn = env.txnWrite();
            }
            Local local = locals.get();
            dbi.put(txn, local.key(key), local.value(value), flags);
            if (++count == Way.BATCH_RECORDS) {
                finish();
            }
        }

        @Override
        public void finish() {
            if (txn != null) {
                txn.commit();
                txn.close();
                txn = null;
                count = 0;
            }
        }
    }
}
