package io.stave.engine;

import io.stave.Entry;
import io.stave.StaveReader;
import io.stave.ValueReader;
import io.stave.engine.base.KeyBytes;
import io.stave.engine.read.Reads;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The reading calls of an open store: checks the key, and hands it to {@link Reads}. */
abstract class ReadCalls implements StaveReader {

    private final Reads reads;

    ReadCalls(Reads reads) {
        this.reads = reads;
    }

    @Override
    public final byte @Nullable [] get(byte[] key) {
        return reads.get(KeyBytes.of(key));
    }

    @Override
    public final @Nullable ByteBuffer get(ByteBuffer key) {
        byte[] value = reads.get(KeyBytes.of(key));
        return value == null ? null : ByteBuffer.wrap(value);
    }

    @Override
    public final @Nullable Entry getEntry(byte[] key) {
        return reads.getEntry(KeyBytes.of(key));
    }

    @Override
    public final @Nullable Entry getEntry(ByteBuffer key) {
        return reads.getEntry(KeyBytes.of(key));
    }

    @Override
    public final <R extends @Nullable Object> @Nullable R read(byte[] key, ValueReader<R> reader) {
        return reads.read(KeyBytes.of(key), reader);
    }

    @Override
    public final <R extends @Nullable Object> @Nullable R read(ByteBuffer key, ValueReader<R> reader) {
        return reads.read(KeyBytes.of(key), reader);
    }

    @Override
    public final boolean contains(byte[] key) {
        return reads.contains(KeyBytes.of(key));
    }

    @Override
    public final boolean contains(ByteBuffer key) {
        return reads.contains(KeyBytes.of(key));
    }
}
