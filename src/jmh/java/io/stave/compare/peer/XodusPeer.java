package io.stave.compare.peer;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.env.Environment;
import jetbrains.exodus.env.EnvironmentConfig;
import jetbrains.exodus.env.EnvironmentImpl;
import jetbrains.exodus.env.Environments;
import jetbrains.exodus.env.Store;
import jetbrains.exodus.env.StoreConfig;
import jetbrains.exodus.env.Transaction;

/** Xodus environments: a log-structured B-tree. Loads put {@value Way#BATCH_RECORDS} records in a transaction, all else one. */
final class XodusPeer implements Peer {
    private static final long MEMORY = 1L << 30;

    @Override
    public String name() {
        return "xodus";
    }

    @Override
    public String title() {
        return "Xodus";
    }

    @Override
    public String version() {
        return Jars.version("xodus-environment");
    }

    @Override
    public List<String> settings() {
        return List.of(
                "memoryUsage = 1 GiB: its log cache lies on the heap, which has 4 GiB for it",
                "logDurableWrite = true where puts are forced: a commit then forces the log",
                "store without duplicates and without prefixing: its advice for random keys",
                "envMonitorTxnsTimeout = 0: transactions of a load may take long on a slow disk");
    }

    @Override
    public Promise promise(Mode mode) {
        return mode == Mode.FORCED ? Promise.FORCED : Promise.PROCESS_CRASH;
    }

    @Override
    public boolean verifiesOnGet() {
        return false;
    }

    @Override
    public List<Way> ways() {
        return List.of(Way.BATCH, Way.PUT);
    }

    @Override
    public String heap() {
        return "4g";
    }

    @Override
    public io.stave.compare.peer.Store open(Path directory, Settings settings) {
        EnvironmentConfig config = new EnvironmentConfig()
                .setMemoryUsage(MEMORY)
                .setLogDurableWrite(settings.mode() == Mode.FORCED)
                .setEnvMonitorTxnsTimeout(0)
                .setManagementEnabled(false);
        Environment environment = Environments.newInstance(directory.toFile(), config);
        Store store = environment.computeInTransaction(
                txn -> environment.openStore("compare", StoreConfig.WITHOUT_DUPLICATES, txn));
        return new Open((EnvironmentImpl) environment, store);
    }

    private record Open(EnvironmentImpl environment, Store store) implements io.stave.compare.peer.Store {
        @Override
        public void put(byte[] key, byte[] value) {
            ByteIterable k = new ArrayByteIterable(key.clone());
            ByteIterable v = new ArrayByteIterable(value.clone());
            environment.executeInTransaction(txn -> store.put(txn, k, v));
        }

        @Override
        public byte[] get(byte[] key) {
            Transaction txn = environment.beginReadonlyTransaction();
            try {
                ByteIterable found = store.get(txn, new ArrayByteIterable(key));
                if (found == null) {
                    return null;
                }
                return Arrays.copyOf(found.getBytesUnsafe(), found.getLength());
            } finally {
                txn.abort();
            }
        }

        @Override
        public void delete(byte[] key) {
            environment.executeInTransaction(txn -> store.delete(txn, new ArrayByteIterable(key.clone())));
        }

        @Override
        public void sync() {
            environment.flushAndSync();
        }

        @Override
        public Bulk bulk(Way way) {
            return way == Way.BATCH ? new Transactions() : io.stave.compare.peer.Store.super.bulk(way);
        }

        @Override
        public void close() {
            environment.close();
        }

        private final class Transactions implements Bulk {
            private Transaction txn;
            private int count;

            @Override
            public void put(byte[] key, byte[] value) {
                if (txn == null) {
                    txn = environment.beginExclusiveTransaction();
                }
                store.put(txn, new ArrayByteIterable(key.clone()), new ArrayByteIterable(value.clone()));
                if (++count == Way.BATCH_RECORDS) {
                    finish();
                }
            }

            @Override
            public void finish() {
                if (txn != null) {
                    txn.commit();
                    txn = null;
                    count = 0;
                }
            }
        }
    }
}
