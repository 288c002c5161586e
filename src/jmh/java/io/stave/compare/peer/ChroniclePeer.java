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
 * that was not closed is recovered, as its page asks for; an empty file beside it tells that it was closed. Settings after its tutorial
 * (CM_Tutorial.adoc) and the Javadoc of ChronicleMapBuilder.
 */
final class ChroniclePeer extends NamedPeer {
    private static final String CLOSED = "CLOSED";

    /** At most so many keys, and so large a part of them, are inserted after the load: 5 % of the operations of YCSB D. */
    private static final long MOST_INSERTED = 110_000;

    private static final long PART_INSERTED = 10;

    ChroniclePeer() {
        super("chronicle-map", "Chronicle Map, persisted", Jars.version("chronicle-map"));
    }

    @Override
    public List<String> settings() {
        return List.of(
                "entries = the keys there will be, with those that YCSB D inserts, and no margin over that (Tutorial, Configure "
                        + "entries)",
                "constantKeySizeBySample, constantValueSizeBySample: all are of one length (Tutorial, Key and Value Types); the "
                        + "size of chunks follows from that",
                "putReturnsNull, removeReturnsNull: spares a copy of the old value (ChronicleMapBuilder)",
                "maxBloatFactor = 2: room for segments that get more than their share; takes nothing until it is needed "
                        + "(ChronicleMapBuilder)",
                "entry checksums at their default for persisted maps: kept with each entry, looked at by recovery, not by get "
                        + "(Tutorial, Entry checksums)");
    }

    @Override
    public Promise promise(Mode mode) {
        return mode == Mode.FORCED ? null : Promise.PROCESS_CRASH;
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
                .entries(settings.keys() + Math.min(settings.keys() / PART_INSERTED, MOST_INSERTED) + 1)
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
