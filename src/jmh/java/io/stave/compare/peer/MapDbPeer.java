package io.stave.compare.peer;

import java.nio.file.Path;
import java.util.List;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.HTreeMap;
import org.mapdb.Serializer;

/**
 * MapDB's hash map. Its fast store, for where puts are not forced, is mapped and has no log: it must be closed properly, or it is
 * damaged. Where puts are forced its write-ahead log is on and each put is committed.
 */
final class MapDbPeer implements Peer {
    private static final long INCREMENT = 64L << 20;

    /** Each a tree of 16 branches a level; with one level more than the default, there being more keys than that is made for. */
    private static final int SEGMENTS = 8;

    @Override
    public String name() {
        return "mapdb";
    }

    @Override
    public String title() {
        return "MapDB";
    }

    @Override
    public String version() {
        return Jars.version("mapdb");
    }

    @Override
    public List<String> settings() {
        return List.of(
                "fileMmapEnableIfSupported, cleanerHackEnable: its page on performance calls mapped files the fastest store",
                "fileMmapPreclearDisable: the same page",
                "allocateIncrement = 64 MiB: the default of 1 MiB remaps too often at this amount of data",
                "serializers BYTE_ARRAY, valueInline: values lie in the leaves, one lookup a get",
                "layout(8, 16, 5): 8 segments, trees of 16^5 slots: about one key a leaf",
                "transactionEnable where puts are forced: its write-ahead log, commit after each put");
    }

    @Override
    public Promise promise(Mode mode) {
        return mode == Mode.FORCED ? Promise.FORCED : Promise.NOTHING;
    }

    @Override
    public boolean verifiesOnGet() {
        return false;
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
                .layout(SEGMENTS, 16, 5)
                .valueInline()
                .createOrOpen();
        return new Open(db, map, forced);
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
