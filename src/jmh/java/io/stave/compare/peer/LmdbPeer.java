package io.stave.compare.peer;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;

/**
 * LMDB through lmdbjava, as lmdb.h, the Javadoc of lmdbjava and its benchmarks (github.com/lmdbjava/benchmarks) advise: {@link #settings()}.
 * Loads commit {@value Way#BATCH_RECORDS} puts a transaction; where a put is to be acknowledged by itself, it is a transaction.
 *
 * <p>Two forms, because both are advised: through a map that can only be read, which protects the data from stray writes, and through one
 * that is written, which is faster. Only the first takes part where puts are forced: of the second one, stores through a map would have to be
 * forced, which is slow.
 */
final class LmdbPeer extends NamedPeer {
    private static final int READERS = 1_024;
    private static final long LEAST_MAP = 4L << 30;
    private static final long PAGE = 4_096;

    private final boolean writeMap;

    LmdbPeer(boolean writeMap) {
        super(
                writeMap ? "lmdb-writemap" : "lmdb",
                writeMap ? "LMDB, written through its map" : "LMDB",
                "lmdbjava " + Jars.version("lmdbjava") + ", native " + Jars.version("native"));
        this.writeMap = writeMap;
    }

    @Override
    public List<String> settings() {
        List<String> settings = new ArrayList<>(List.of(
                "map size = 6 times the data, at least 4 GiB: fixed at open, sparse (lmdb.h)",
                "MDB_NOSYNC where puts are not forced: a commit does not wait for the disk, as with the peers (lmdb.h)",
                "MDB_NOTLS: read transactions are kept by thread, reset after each get and renewed for the next, the cheap way to "
                        + "the newest state (lmdb.h, mdb_txn_renew)",
                "MDB_NORDAHEAD: for random reads, where data may exceed memory (lmdb.h)",
                "MDB_APPEND where keys come in order: no search before each put (lmdb.h; lmdbjava's benchmarks)",
                "lmdbjava.disable.checks = true: as in lmdbjava's benchmarks"));
        settings.add(
                writeMap
                        ? "MDB_WRITEMAP: faster, fewer mallocs (lmdb.h; the default of lmdbjava's benchmarks)"
                        : "MDB_NOMEMINIT: clearing pages before they are filled is for secrets (lmdb.h)");
        return settings;
    }

    @Override
    public Promise promise(Mode mode) {
        return mode == Mode.UNFORCED ? Promise.PROCESS_CRASH : writeMap ? null : Promise.FORCED;
    }

    @Override
    public String zeroCopyGet() {
        return "get within a transaction lends the mapped bytes";
    }

    @Override
    public List<Way> ways() {
        return List.of(Way.BATCH, Way.PUT);
    }

    @Override
    public List<String> jvmFlags() {
        return List.of(
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "-D" + Env.DISABLE_CHECKS_PROP + "=true");
    }

    @Override
    public Store open(Path directory, Settings settings) {
        long record = settings.keyBytes() + settings.valueBytes() + PAGE / 16;
        long pages = (record + PAGE - 1) / PAGE * PAGE;
        long each = settings.valueBytes() < PAGE / 2 ? record : pages;
        List<EnvFlags> flags = new ArrayList<>(List.of(EnvFlags.MDB_NOTLS, EnvFlags.MDB_NORDAHEAD));
        flags.add(writeMap ? EnvFlags.MDB_WRITEMAP : EnvFlags.MDB_NOMEMINIT);
        if (settings.mode() == Mode.UNFORCED) {
            flags.add(EnvFlags.MDB_NOSYNC);
        }
        Env<ByteBuffer> env = Env.create()
                .setMapSize(Math.max(LEAST_MAP, 6 * settings.keys() * each))
                .setMaxDbs(1)
                .setMaxReaders(READERS)
                .open(directory.toFile(), flags.toArray(EnvFlags[]::new));
        return new LmdbStore(env, env.openDbi("compare", DbiFlags.MDB_CREATE), settings);
    }
}
