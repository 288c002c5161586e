package io.stave.compare.peer;

import java.nio.file.Path;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;

/**
 * MVStore, the storage engine of H2. Where puts are not forced it commits in the background, once a second or when its buffer is full,
 * which is its default: what was not committed is lost with the process.
 */
final class MvStorePeer implements Peer {
    private static final int CACHE_MIB = 1_024;

    @Override
    public String name() {
        return "mvstore";
    }

    @Override
    public String title() {
        return "H2 MVStore";
    }

    @Override
    public String version() {
        return Jars.version("h2-mvstore");
    }

    @Override
    public List<String> settings() {
        return List.of(
                "cacheSize = 1,024 MiB: its cache lies on the heap, which has 4 GiB for it",
                "ByteArrayDataType for keys and values: no serialization",
                "autoCommitDelay = 0 where puts are forced, with commit and sync after each put: its way to force");
    }

    @Override
    public Promise promise(Mode mode) {
        return mode == Mode.FORCED ? Promise.FORCED : Promise.NOTHING;
    }

    /** Only chunk headers and footers have one. */
    @Override
    public boolean verifiesOnGet() {
        return false;
    }

    @Override
    public String heap() {
        return "4g";
    }

    @Override
    public Store open(Path directory, Settings settings) {
        MVStore store = new MVStore.Builder()
                .fileName(directory.resolve("compare.mv").toString())
                .cacheSize(CACHE_MIB)
                .open();
        boolean forced = settings.mode() == Mode.FORCED;
        if (forced) {
            store.setAutoCommitDelay(0);
        }
        MVMap<byte[], byte[]> map = store.openMap(
                "compare",
                new MVMap.Builder<byte[], byte[]>()
                        .keyType(ByteArrayDataType.INSTANCE)
                        .valueType(ByteArrayDataType.INSTANCE));
        return new Open(store, map, forced);
    }

    /** It keeps what it is given, and gives out what it keeps: both are copied. */
    private record Open(MVStore store, MVMap<byte[], byte[]> map, boolean forced) implements Store {
        @Override
        public void put(byte[] key, byte[] value) {
            map.put(key.clone(), value.clone());
            if (forced) {
                sync();
            }
        }

        @Override
        public byte[] get(byte[] key) {
            byte[] value = map.get(key);
            return value == null ? null : value.clone();
        }

        @Override
        public void delete(byte[] key) {
            map.remove(key);
            if (forced) {
                sync();
            }
        }

        @Override
        public void sync() {
            store.commit();
            store.sync();
        }

        @Override
        public void settle() {
            store.commit();
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
