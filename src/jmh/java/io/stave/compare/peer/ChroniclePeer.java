package io.stave.compare.peer;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/**
 * Chronicle Map in a persisted file: a hash table in mapped memory. It never forces, so it takes no part where puts are forced. A map
 * that was not closed is recovered, as its page asks for; an empty file beside it tells that it was closed.
 */
final class ChroniclePeer implements Peer {
    private static final String CLOSED = "CLOSED";

    @Override
    public String name() {
        return "chronicle-map";
    }

    @Override
    public String title() {
        return "Chronicle Map, persisted";
    }

    @Override
    public String version() {
        return Jars.version("chronicle-map");
    }

    @Override
    public List<String> settings() {
        return List.of(
                "entries = keys + 10 %: it must be told; works that insert (YCSB D) stay within",
                "constantKeySizeBySample, constantValueSizeBySample: all are of one length, its page's advice then",
                "putReturnsNull, removeReturnsNull: spares a copy of the old value",
                "maxBloatFactor = 2: room for segments that get more than their share",
                "checksums at their default for persisted maps: kept with each entry, looked at by recovery, not by get");
    }

    @Override
    public Promise promise(Mode mode) {
        return mode == Mode.FORCED ? null : Promise.PROCESS_CRASH;
    }

    @Override
    public boolean verifiesOnGet() {
        return false;
    }

    @Override
    public String zeroCopyGet() {
        return "contexts lend the mapped bytes";
    }

    @Override
    public List<String> jvmFlags() {
        return List.of(
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                "-Dchronicle.analytics.disable=true");
    }

    @Override
    public Store open(Path directory, Settings settings) throws IOException {
        Path closed = directory.resolve(CLOSED);
        File file = directory.resolve("compare.map").toFile();
        ChronicleMapBuilder<byte[], byte[]> builder = ChronicleMapBuilder.of(byte[].class, byte[].class)
                .name("compare")
                .entries(settings.keys() + settings.keys() / 10 + 1_000)
                .constantKeySizeBySample(new byte[settings.keyBytes()])
                .constantValueSizeBySample(new byte[settings.valueBytes()])
                .maxBloatFactor(2)
                .putReturnsNull(true)
                .removeReturnsNull(true);
        ChronicleMap<byte[], byte[]> map = file.exists() && !Files.exists(closed)
                ? builder.recoverPersistedTo(file, true)
                : builder.createPersistedTo(file);
        Files.deleteIfExists(closed);
        return new Open(map, closed);
    }

    private record Open(ChronicleMap<byte[], byte[]> map, Path closed) implements Store {
        @Override
        public void put(byte[] key, byte[] value) {
            map.put(key, value);
        }

        @Override
        public byte[] get(byte[] key) {
            return map.get(key);
        }

        @Override
        public void delete(byte[] key) {
            map.remove(key);
        }

        @Override
        public void sync() {
            throw new UnsupportedOperationException("Chronicle Map does not force");
        }

        @Override
        public void close() throws IOException {
            map.close();
            Files.createFile(closed);
        }
    }
}
