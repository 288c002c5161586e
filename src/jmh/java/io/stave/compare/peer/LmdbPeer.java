package io.stave.compare.peer;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;

/**
 * LMDB through lmdbjava, as the pages of both advise: {@link #settings()}. Loads commit {@value Way#BATCH_RECORDS} puts a transaction;
 * where a put is to be acknowledged by itself, it is a transaction.
 */
final class LmdbPeer implements Peer {
    private static final int READERS = 1_024;
    private static final long LEAST_MAP = 4L << 30;
    private static final long PAGE = 4_096;

    @Override
    public String name() {
        return "lmdb";
    }

    @Override
    public String title() {
        return "LMDB";
    }

    @Override
    public String version() {
        return "lmdbjava " + Jars.version("lmdbjava") + ", native " + Jars.version("native");
    }

    @Override
    public List<String> settings() {
        return List.of(
                "map size = 6 times the data, at least 4 GiB: fixed at open, sparse",
                "MDB_NOSYNC where puts are not forced: a commit is then a write to the page cache, as with the peers",
                "MDB_NOTLS: read transactions are kept by thread, reset after each get and renewed for the next, the cheap way to the newest state",
                "MDB_NORDAHEAD: random reads, and data may exceed memory",
                "MDB_NOMEMINIT: clearing pages before they are filled is for secrets",
                "no MDB_WRITEMAP: it gives up the protection against stray writes, and its dirty pages go to disk all the same");
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
    public String zeroCopyGet() {
        return "get within a transaction lends the mapped bytes";
    }

    @Override
    public List<Way> ways() {
        return List.of(Way.BATCH, Way.PUT);
    }

    @Override
    public List<String> jvmFlags() {
        return List.of("--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
    }

    @Override
    public Store open(Path directory, Settings settings) {
        long record = settings.keyBytes() + settings.valueBytes() + PAGE / 16;
        long pages = (record + PAGE - 1) / PAGE * PAGE;
        long each = settings.valueBytes() < PAGE / 2 ? record : pages;
        Env.Builder<ByteBuffer> builder = Env.create()
                .setMapSize(Math.max(LEAST_MAP, 6 * settings.keys() * each))
                .setMaxDbs(1)
                .setMaxReaders(READERS);
        Env<ByteBuffer> env = settings.mode() == Mode.FORCED
                ? builder.open(directory.toFile(), EnvFlags.MDB_NOTLS, EnvFlags.MDB_NORDAHEAD, EnvFlags.MDB_NOMEMINIT)
                : builder.open(
                        directory.toFile(),
                        EnvFlags.MDB_NOTLS,
                        EnvFlags.MDB_NORDAHEAD,
                        EnvFlags.MDB_NOMEMINIT,
                        EnvFlags.MDB_NOSYNC);
        return new LmdbStore(env, env.openDbi("compare", DbiFlags.MDB_CREATE), settings);
    }
}
