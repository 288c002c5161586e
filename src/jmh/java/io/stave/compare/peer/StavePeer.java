package io.stave.compare.peer;

import io.stave.Batch;
import io.stave.Durability;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stats;
import io.stave.Stave;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Stave with its defaults, but for the durability where the work asks for none: {@code Durability.OS}, because the peers beside it
 * do not force then either.
 *
 * <p>The paced form limits merges to {@value #PACE} bytes a second: it shows that the limit works, and what it is good for.
 */
final class StavePeer extends NamedPeer {
    static final long PACE = 32L << 20;

    private final boolean paced;

    StavePeer(boolean paced) {
        super(paced ? "stave-paced" : "stave", paced ? "Stave, merges at 32 MiB/s" : "Stave", ownVersion());
        this.paced = paced;
    }

    private static String ownVersion() {
        String version = Stave.class.getPackage().getImplementationVersion();
        return version == null ? "built from this source" : version;
    }

    @Override
    public List<String> settings() {
        String durability =
                "durability = OS where no put is forced: as the peers beside it; SYNC, the default, where all are";
        return paced
                ? List.of(durability, "mergePolicy.bytesPerSecond = 32 MiB: to see whether the limit holds")
                : List.of(durability);
    }

    @Override
    public boolean verifiesOnGet() {
        return true;
    }

    @Override
    public String zeroCopyGet() {
        return "read(key, reader) lends a view";
    }

    @Override
    public List<Way> ways() {
        return paced ? List.of(Way.PUT) : List.of(Way.PUT, Way.BATCH, Way.ASYNC);
    }

    @Override
    public List<String> shortcuts() {
        return List.of("KEYDIR", "*.hint");
    }

    /** The limit shows where merges run. */
    @Override
    public Set<String> only() {
        return paced ? Set.of("load", "overwrite", "merge") : Set.of();
    }

    @Override
    public Store open(Path directory, Settings settings) {
        Options options =
                Options.defaults().durability(settings.mode() == Mode.FORCED ? Durability.SYNC : Durability.OS);
        if (paced) {
            options = options.mergePolicy(MergePolicy.automatic().bytesPerSecond(PACE));
        }
        return new Open(Stave.open(directory, options));
    }

    private static final class Open implements Store {
        private final Stave stave;

        Open(Stave stave) {
            this.stave = stave;
        }

        @Override
        public void put(byte[] key, byte[] value) {
            stave.put(key, value);
        }

        @Override
        public byte[] get(byte[] key) {
            return stave.get(key);
        }

        @Override
        public void delete(byte[] key) {
            stave.delete(key);
        }

        @Override
        public void sync() {
            stave.sync();
        }

        @Override
        public CompletionStage<?> putAsync(byte[] key, byte[] value) {
            return stave.putAsync(key, value);
        }

        @Override
        public Bulk bulk(Way way, boolean ascending) {
            return switch (way) {
                case PUT -> Store.super.bulk(way, ascending);
                case BATCH -> new Batches(stave);
                case ASYNC -> new Asynchronous(stave);
            };
        }

        @Override
        public Boolean merging() {
            Stats stats = stave.stats();
            return stats.merges().running();
        }

        @Override
        public Map<String, Double> figures() {
            Stats stats = stave.stats();
            return Map.of(
                    "keydirBytes", (double) stats.keydir().bytes(),
                    "ownKeys", (double) stats.keys(),
                    "ownSpaceAmplification", stats.space().amplification(),
                    "ownWriteAmplification", stats.writeAmplification(),
                    "mergeBytesRead", (double) stats.merges().bytesRead(),
                    "mergeBytesWritten", (double) stats.merges().bytesWritten(),
                    "backPressureSeconds", stats.backPressure().totalNanos() / 1e9,
                    "keydirRestored", stats.recovery().keydirRestored() ? 1.0 : 0.0,
                    "segmentsFromHints", (double) stats.recovery().segmentsFromHints(),
                    "segmentsScanned", (double) stats.recovery().segmentsScanned());
        }

        @Override
        public void close() {
            stave.close();
        }
    }

    private static final class Batches implements Store.Bulk {
        private final Stave stave;
        private final Batch batch = new Batch();

        Batches(Stave stave) {
            this.stave = stave;
        }

        @Override
        public void put(byte[] key, byte[] value) {
            batch.put(key, value);
            if (batch.count() == Way.BATCH_RECORDS) {
                finish();
            }
        }

        @Override
        public void finish() {
            if (!batch.isEmpty()) {
                stave.apply(batch);
                batch.clear();
            }
        }
    }

    /**
     * Puts that are not waited for. Every future is looked at, in the order of the puts: a window of {@value #WINDOW} is looked
     * through when it is full. How much waits in the store at a time is its own affair.
     */
    private static final class Asynchronous implements Store.Bulk {
        private static final int WINDOW = 1 << 16;

        private final Stave stave;
        private final CompletableFuture<?>[] window = new CompletableFuture<?>[WINDOW];
        private int count;

        Asynchronous(Stave stave) {
            this.stave = stave;
        }

        @Override
        public void put(byte[] key, byte[] value) {
            int at = count++ & WINDOW - 1;
            CompletableFuture<?> older = window[at];
            if (older != null) {
                older.join();
            }
            window[at] = stave.putAsync(key, value);
        }

        @Override
        public void finish() {
            for (int i = 0; i < WINDOW; i++) {
                if (window[i] != null) {
                    window[i].join();
                    window[i] = null;
                }
            }
        }
    }
}
