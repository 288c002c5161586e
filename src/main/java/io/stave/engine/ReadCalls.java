package io.stave.engine;

import io.stave.BlobReader;
import io.stave.Entry;
import io.stave.StaveReader;
import io.stave.ValueReader;
import io.stave.engine.base.KeyBytes;
import io.stave.engine.base.Notices;
import io.stave.engine.read.Reads;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The reading calls of an open store: checks the key, hands it to {@link Reads}, and has slow ones noticed. */
abstract class ReadCalls implements StaveReader {

    private final Reads reads;
    private final Notices notices;

    ReadCalls(Reads reads, Notices notices) {
        this.reads = reads;
        this.notices = notices;
    }

    @Override
    public final byte @Nullable [] get(byte[] key) {
        return get(KeyBytes.of(key));
    }

    @Override
    public final @Nullable ByteBuffer get(ByteBuffer key) {
        byte[] value = get(KeyBytes.of(key));
        return value == null ? null : ByteBuffer.wrap(value);
    }

    private byte @Nullable [] get(KeyBytes key) {
        Object begun = notices.beginOperation();
        if (begun == null) {
            return reads.get(key);
        }
        try {
            return reads.get(key);
        } finally {
            notices.ended(begun, "get");
        }
    }

    @Override
    public final @Nullable BlobReader openReader(byte[] key) {
        Object begun = notices.beginOperation();
        try {
            return reads.openReader(KeyBytes.of(key));
        } finally {
            notices.ended(begun, "openReader");
        }
    }

    @Override
    public final @Nullable Entry getEntry(byte[] key) {
        return getEntry(KeyBytes.of(key));
    }

    @Override
    public final @Nullable Entry getEntry(ByteBuffer key) {
        return getEntry(KeyBytes.of(key));
    }

    private @Nullable Entry getEntry(KeyBytes key) {
        Object begun = notices.beginOperation();
        try {
            return reads.getEntry(key);
        } finally {
            notices.ended(begun, "getEntry");
        }
    }

    @Override
    public final <R extends @Nullable Object> @Nullable R read(byte[] key, ValueReader<R> reader) {
        return read(KeyBytes.of(key), reader);
    }

    @Override
    public final <R extends @Nullable Object> @Nullable R read(ByteBuffer key, ValueReader<R> reader) {
        return read(KeyBytes.of(key), reader);
    }

    private <R extends @Nullable Object> @Nullable R read(KeyBytes key, ValueReader<R> reader) {
        Object begun = notices.beginOperation();
        try {
            return reads.read(key, reader);
        } finally {
            notices.ended(begun, "read");
        }
    }

    @Override
    public final boolean contains(byte[] key) {
        return contains(KeyBytes.of(key));
    }

    @Override
    public final boolean contains(ByteBuffer key) {
        return contains(KeyBytes.of(key));
    }

    private boolean contains(KeyBytes key) {
        Object begun = notices.beginOperation();
        try {
            return reads.contains(key);
        } finally {
            notices.ended(begun, "contains");
        }
    }
}
