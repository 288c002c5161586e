package io.stave.compare.peer;

import java.nio.file.Path;
import java.util.List;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.HTreeMap;
import org.mapdb.Serializer;

/**
 * MapDB's hash map. Its fast store, for where puts are not forced, is mapped and has no log: it must be closed properly, or it is
 * damaged. Where puts are forced its write-ahead log is on and each put is committed. Settings after its book (mapdb.org/book), chapters
 * Performance and HTreeMap.
 */
final class MapDbPeer extends NamedPeer {
    private static final long INCREMENT = 512L << 20;
    private static final int SEGMENTS = 8;
    private static final int NODE = 16;
    private static final int LEAST_LEVELS = 4;

    MapDbPeer() {
        super("mapdb", "MapDB", Jars.version("mapdb"));
    }

    @Override
    public List<String> settings() {
        return List.of(
                "fileMmapEnableIfSupported: mapped files are much faster (Performance)",
                "fileMmapPreclearDisable: makes mapped files faster (Performance)",
                "cleanerHackEnable: unmaps at close (Performance)",
                "allocateIncrement = 512 MiB, and not 1: fewer, larger mappings (Performance)",
                "serializers BYTE_ARRAY: specialised ones are much faster (HTreeMap); valueInline: values lie in the leaves, one "
                        + "lookup a get",
                "layout(8, 16, levels): as many levels as give each key a slot, for beyond that it degrades; the default of 4 is "
                        + "for half a million keys (HTreeMap)",
                "transactionEnable where puts are forced: its write-ahead log, commit after each put (Performance)");
    }

    @Override
    public Promise promise(Mode mode) {
        return mode == Mode.FORCED ? Promise.FORCED : Promise.NOTHING;
    }

    @Override
    public Store open(Path directory, Settings settings) {
        boolean forced = settings.mode() == Mode.FORCED;
        DBMaker.Maker maker = DBMaker.fileDB(directory.resolve("compare.db").toFile())
                .fileMmapEnableIfSupported()
                .fileMmapPreclearDisable()
                .cleanerHackEnable()
                .allocateIncrement(INCREMENT);
        if (forced) {
            maker = maker.transactionEnable();
        }
        if (settings.crashed()) {
            maker = maker.checksumHeaderBypass();
        }
        DB db = maker.make();
        HTreeMap<byte[], byte[]> map = db.hashMap("compare", Serializer.BYTE_ARRAY, Serializer.BYTE_ARRAY)
                .layout(SEGMENTS, NODE, levels(settings.keys()))
                .valueInline()
                .createOrOpen();
        return new Open(db, map, forced);
    }

    private static int levels(long keys) {
        int levels = LEAST_LEVELS;
        while (SEGMENTS * Math.pow(NODE, levels) < keys) {
            levels++;
        }
        return levels;
    }

    private record Open(DB db, HTreeMap<byte[], byte[]> map, boolean forced) implements Store {
        @Override
        public void put(byte[] key, byte[] value) {
            map.put(key, value);
            if (forced) {
                db.commit();
            }
        }

        @Override
        public byte[] get(byte[] key) {
            return map.get(key);
        }

        @Override
        public void delete(byte[] key) {
            map.remove(key);
            if (forced) {
                db.commit();
            }
        }

        @Override
        public void sync() {
            db.commit();
        }

        @Override
        public void close() {
            db.close();
        }
    }
}
