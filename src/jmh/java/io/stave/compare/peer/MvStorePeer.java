package io.stave.compare.peer;

import java.nio.file.Path;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;

/**
 * MVStore, the storage engine of H2. Where puts are not forced it commits in the background, once a second or when its buffer is full,
 * which is its default: what was not committed is lost with the process. Settings after its page (h2database.com/html/mvstore.html) and the
 * Javadoc of MVStore.Builder.
 */
final class MvStorePeer extends NamedPeer {
    private static final int CACHE_MIB = 2_048;
    private static final int BUFFER_KIB = 128 << 10;

    MvStorePeer() {
        super("mvstore", "H2 MVStore", Jars.version("h2-mvstore"));
    }

    @Override
    public List<String> settings() {
        return List.of(
                "cacheSize = 2,048 MiB, and not 16: its cache lies on the heap, which has 4 GiB for it; as much as others have "
                        + "(MVStore.Builder)",
                "autoCommitBufferSize = 128 MiB, and not 19: its write buffer, fewer and larger commits (MVStore.Builder)",
                "ByteArrayDataType for keys and values: no serialization of objects (its page, Pluggable Data Types)",
                "autoCommitDisabled where puts are forced, with commit and sync after each put: its way to force (its page, Log "
                        + "Structured Storage)",
                "retention time and auto-compaction at their defaults of 45 s and 90 %: less is dangerous by its Javadoc, and is "
                        + "why it takes much disk");
    }

    @Override
    public Promise promise(Mode mode) {
        return mode == Mode.FORCED ? Promise.FORCED : Promise.NOTHING;
    }

    @Override
    public String heap() {
        return "4g";
    }

    @Override
    public Store open(Path directory, Settings settings) {
        boolean forced = settings.mode() == Mode.FORCED;
        MVStore.Builder builder = new MVStore.Builder()
                .fileName(directory.resolve("compare.mv").toString())
                .cacheSize(CACHE_MIB)
                .autoCommitBufferSize(BUFFER_KIB);
        MVStore store = (forced ? builder.autoCommitDisabled() : builder).open();
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
