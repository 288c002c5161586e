package io.stave.engine.read;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** The bytes of a value, wherever they lie. */
interface ValueSource extends Closeable {

    /** How many there are. */
    long length();

    /** Copies bytes from {@code position}, which lies before the end, until the buffer is full or it is convenient to stop; at least one. */
    void read(ByteBuffer target, long position) throws IOException;

    /** Hands on bytes as they are; returns how many. */
    long transferTo(long position, long count, WritableByteChannel target) throws IOException;
}
