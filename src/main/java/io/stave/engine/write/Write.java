package io.stave.engine.write;

import io.stave.Durability;
import io.stave.Options;
import io.stave.WriteOptions;
import io.stave.engine.base.KeyBytes;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.Key;
import io.stave.keydir.Location;
import io.stave.segment.RecordFormat;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One write on its way into a group: a put, of a value or of a reference to a blob, or a tombstone; the condition it depends on, and the durability it asks for. */
public final class Write implements Key {

    /** What must hold for the write to be applied. */
    public enum Condition {
        /** Nothing. */
        ALWAYS,
        /** The key is there. */
        PRESENT,
        /** The key has exactly the expected version; version 0 means that it is not there. */
        VERSION
    }

    final int kind;
    final Condition condition;
    final long expectedVersion;
    final byte[] key;
    final int keyOffset;
    final int keyLength;
    final long high;
    final int low;
    final int valueLength;

    /** When the value expires, in epoch milliseconds; {@link RecordFormat#NO_EXPIRY} if never. */
    final long expiry;

    /** A buffer of its own over the caller's bytes, so that nobody else moves its position or limit. */
    final @Nullable ByteBuffer value;

    final Durability durability;

    private Write(
            int kind,
            Condition condition,
            long expectedVersion,
            KeyBytes key,
            Fingerprint fingerprint,
            @Nullable ByteBuffer value,
            long expiry,
            Durability durability) {
        checkVersion(expectedVersion);
        this.kind = kind;
        this.condition = condition;
        this.expectedVersion = expectedVersion;
        this.key = key.array();
        this.keyOffset = key.offset();
        this.keyLength = key.length();
        this.high = fingerprint.high;
        this.low = fingerprint.low;
        this.value = value == null ? null : value.duplicate();
        this.valueLength = this.value == null ? 0 : this.value.remaining();
        this.expiry = expiry;
        this.durability = durability;
    }

    /**
     * Checks a version that a write expects.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public static void checkVersion(long expected) {
        if (expected < 0) {
            throw new IllegalArgumentException("a version is never negative: " + expected);
        }
    }

    /** The durability that write options ask for; where they do not say, that of the store. */
    public static Durability durability(WriteOptions how, Options options) {
        Durability asked = how.durability();
        return asked == null ? options.durability() : asked;
    }

    /** A put; {@code value} is read from position to limit and left as it is. */
    public static Write put(
            KeyBytes key,
            Fingerprint fingerprint,
            ByteBuffer value,
            long expiry,
            Condition condition,
            long expectedVersion,
            Durability durability) {
        return new Write(RecordFormat.PUT, condition, expectedVersion, key, fingerprint, value, expiry, durability);
    }

    /** A put whose value lies in a blob; {@code reference} refers to it and is read as the value of {@link #put}. */
    public static Write blob(
            KeyBytes key,
            Fingerprint fingerprint,
            ByteBuffer reference,
            long expiry,
            Condition condition,
            long expectedVersion,
            Durability durability) {
        return new Write(
                RecordFormat.BLOB, condition, expectedVersion, key, fingerprint, reference, expiry, durability);
    }

    /** A delete. */
    public static Write delete(
            KeyBytes key, Fingerprint fingerprint, Condition condition, long expectedVersion, Durability durability) {
        return new Write(
                RecordFormat.TOMBSTONE,
                condition,
                expectedVersion,
                key,
                fingerprint,
                null,
                RecordFormat.NO_EXPIRY,
                durability);
    }

    /** A condition of a batch: what would be written if it held, and is not. */
    static Write condition(KeyBytes key, Fingerprint fingerprint, long expectedVersion, Durability durability) {
        return new Write(
                RecordFormat.PUT,
                Condition.VERSION,
                expectedVersion,
                key,
                fingerprint,
                null,
                RecordFormat.NO_EXPIRY,
                durability);
    }

    /** A copy of a large asynchronous value, which the group would otherwise refer to after the caller has gone on. */
    public static ByteBuffer copyIfLarge(ByteBuffer value) {
        if (value.remaining() <= Group.LARGE_VALUE) {
            return value;
        }
        byte[] copy = new byte[value.remaining()];
        value.get(value.position(), copy);
        return ByteBuffer.wrap(copy);
    }

    /** Whether it gives the key a value, here or in a blob. */
    boolean isPut() {
        return kind != RecordFormat.TOMBSTONE;
    }

    /** The length of the key, in bytes. */
    @Override
    public int length() {
        return keyLength;
    }

    @Override
    public void copyTo(byte[] target) {
        System.arraycopy(key, keyOffset, target, 0, keyLength);
    }

    boolean expires() {
        return expiry != RecordFormat.NO_EXPIRY;
    }

    /** What the keydir keeps of it with its location. */
    int locationFlags() {
        return Location.flags(expires(), kind == RecordFormat.BLOB);
    }

    /** The record's flags, batches aside. */
    int flags() {
        return expires() ? RecordFormat.EXPIRY : 0;
    }

    int recordLength() {
        return RecordFormat.length(keyLength, valueLength, expires());
    }
}
