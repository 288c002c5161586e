package io.stave;

import io.stave.compare.work.Directories;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/** A store in a temporary directory with keys of 16 bytes, numbered; deleted when it is closed. Set {@code java.io.tmpdir} to the disk to be measured. */
final class FilledStore implements AutoCloseable {

    /** The length of every key. */
    static final int KEY_BYTES = 16;

    private static final int IN_A_BATCH = 1_000;

    /** The store. */
    final Stave stave;

    private final Path directory;
    private final int keys;

    FilledStore(int keys, int valueBytes, Durability durability) {
        this.keys = keys;
        try {
            directory = Files.createTempDirectory("stave-benchmark-");
        } catch (IOException e) {
            throw new StoreIOException("no directory for the benchmark", e);
        }
        stave = Stave.open(directory, Options.defaults().durability(durability));
        byte[] value = value(valueBytes);
        WriteOptions unforced = WriteOptions.defaults().durability(Durability.OS);
        for (int i = 0; i < keys; ) {
            Batch batch = new Batch();
            for (int last = Math.min(keys, i + IN_A_BATCH); i < last; i++) {
                batch.put(key(i), value);
            }
            stave.apply(batch, unforced);
        }
        stave.sync();
    }

    static byte[] key(long number) {
        return set(new byte[KEY_BYTES], number);
    }

    /** Any key that is there. */
    byte[] present(byte[] key) {
        return set(key, ThreadLocalRandom.current().nextInt(keys));
    }

    /** Any key that is not. */
    byte[] absent(byte[] key) {
        return set(key, ~ThreadLocalRandom.current().nextInt(keys));
    }

    private static byte[] set(byte[] key, long number) {
        ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN).putLong(0, number).putLong(Long.BYTES, ~number);
        return key;
    }

    /** Bytes that do not compress. */
    static byte[] value(int bytes) {
        byte[] value = new byte[bytes];
        new SplittableRandom(bytes).nextBytes(value);
        return value;
    }

    @Override
    public void close() throws IOException {
        stave.close();
        Directories.delete(directory);
    }
}
