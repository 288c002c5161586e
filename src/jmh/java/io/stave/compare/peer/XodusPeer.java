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

/**
 * Xodus environments: log-structured search trees. Loads put {@value Way#BATCH_RECORDS} records in a transaction, all else one. Settings
 * after the Javadoc of its EnvironmentConfig, StoreConfig, Environment and Store.
 */
final class XodusPeer extends NamedPeer {
    XodusPeer() {
        super("xodus", "Xodus", Jars.version("xodus-environment"));
    }

    @Override
    public List<String> settings() {
        return List.of(
                "memoryUsagePercentage at its default of 50: a log cache of 2 GiB in a heap of 4 GiB, as much as others have "
                        + "(EnvironmentConfig)",
                "logDurableWrite = true where puts are forced: a commit then forces the log (EnvironmentConfig)",
                "WITHOUT_DUPLICATES_WITH_PREFIXING: a Patricia trie has better random access by key than the B+ tree (StoreConfig; "
                        + "lmdbjava's benchmarks)",
                "exclusive transactions for puts: read-write ones of several threads would be replayed when they collide, and all "
                        + "collide in one store (Environment)",
                "putRight where keys come in order: no search before each put (Store)");
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
        EnvironmentConfig config = new EnvironmentConfig().setLogDurableWrite(settings.mode() == Mode.FORCED);
        Environment environment = Environments.newInstance(directory.toFile(), config);
        Store store = environment.computeInTransaction(
                txn -> environment.openStore("compare", StoreConfig.WITHOUT_DUPLICATES_WITH_PREFIXING, txn));
        return new Open((EnvironmentImpl) environment, store);
    }

    private record Open(EnvironmentImpl environment, Store store) implements io.stave.compare.peer.Store {
        @Override
        public void put(byte[] key, byte[] value) {
            ByteIterable k = new ArrayByteIterable(key.clone());
            ByteIterable v = new ArrayByteIterable(value.clone());
            environment.executeInExclusiveTransaction(txn -> store.put(txn, k, v));
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
            environment.executeInExclusiveTransaction(txn -> store.delete(txn, new ArrayByteIterable(key.clone())));
        }

        @Override
        public void sync() {
            environment.flushAndSync();
        }

        @Override
        public Bulk bulk(Way way, boolean ascending) {
            return way == Way.BATCH
                    ? new Transactions(ascending)
                    : io.stave.compare.peer.Store.super.bulk(way, ascending);
        }

        @Override
        public void close() {
            environment.close();
        }

        private final class Transactions implements Bulk {
            private final boolean ascending;
            private Transaction txn;
            private int count;

            Transactions(boolean ascending) {
                this.ascending = ascending;
            }

            @Override
            public void put(byte[] key, byte[] value) {
                if (txn == null) {
                    txn = environment.beginExclusiveTransaction();
                }
                ByteIterable k = new ArrayByteIterable(key.clone());
                ByteIterable v = new ArrayByteIterable(value.clone());
                if (ascending) {
                    store.putRight(txn, k, v);
                } else {
                    store.put(txn, k, v);
                }
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
