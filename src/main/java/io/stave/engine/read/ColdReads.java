package io.stave.engine.read;

import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.segment.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Brings a record that is not in memory in by a read of just its pages, before it is read through the mapping.
 *
 * <p>The fault of a mapping brings in what lies around as well, by the whole readahead of the device: 128 KiB as a rule, and often more. For one record
 * in a store that is larger than memory that takes many times as long, and drives out as much that others will want. Nothing in the JDK tells
 * the kernel that these reads are random ones. A read through a channel is taken for one. What it returns is thrown away; the mapping then finds
 * the pages there.
 *
 * <p>To ask whether pages are in memory costs a system call, as much as a get or two. So a thread asks before each read as long as it finds that
 * some are not, as it does in the beginning, and else once in many.
 *
 * <p>Reusable, not thread-safe: one for each thread. Must be used inside a reader epoch.
 */
final class ColdReads {

    /** One read in so many is looked at, less one. */
    static final int SAMPLED = 256 - 1;

    /**
     * Whoever finds a cold record looks so many times more. That takes half a millisecond, the middle of what a readahead takes that a look may spare:
     * 100 µs to several ms.
     */
    static final int WORTH = 512;

    /** So many reads are looked at in the beginning. */
    static final int FIRST = 128;

    /**
     * What is owed at the most, and for a cold record that a calm thread finds: it stands for as many as nobody looked at. So looking takes about as
     * long in all as those faults did, and goes on for good where one read in {@link #WORTH} is cold.
     */
    static final int MOST = (SAMPLED + 1) * WORTH;

    private static final int PIECE = 64 * 1024;
    private static final int PAGE = 4 * 1024;

    private int reads;

    /** How many reads are still to be looked at before the thread is calm. */
    private int wary = FIRST;

    private ByteBuffer sink = ByteBuffer.allocate(0);

    /** There was no memory to read into. To ask for some again would take the JVM a collection and half a second, each time. */
    private boolean helpless;

    /** The record at {@code offset} is about to be read. */
    void before(StoreDirectory directory, Segment segment, int offset, int length) {
        if ((++reads & SAMPLED) == 0 || wary > 0) {
            look(directory, segment, offset, length);
        }
    }

    private void look(StoreDirectory directory, Segment segment, int offset, int length) {
        if (helpless) {
            return;
        }
        // If the first pages of a long record are there, so are the others, or the readahead is right for them.
        if (!segment.mapping().resident(offset, Math.min(length, PIECE))) {
            wary = wary > 0 ? Math.min(wary + WORTH, MOST) : MOST;
            bringIn(directory, segment.name(), offset, length);
        } else if (wary > 0) {
            wary--;
        }
    }

    /**
     * The file is opened for it: beside the disk that takes no time, and none has to be kept open. If that fails, the file may have lost its
     * name to a merge; if the read fails, the one through the mapping will say so.
     */
    private void bringIn(StoreDirectory directory, String name, int offset, int length) {
        try (ReadableFile file = directory.open(name)) {
            long end = (long) offset + length;
            int read = 1;
            for (long at = offset; at < end && read > 0; at += read) {
                read = file.read(sink((int) Math.min(PIECE, end - at)), at);
            }
        } catch (IOException e) {
            // Nothing was promised.
        } catch (OutOfMemoryError e) {
            helpless = true;
        }
    }

    private ByteBuffer sink(int length) {
        if (sink.capacity() < length) {
            sink = ByteBuffer.allocateDirect(length <= PAGE ? PAGE : PIECE);
        }
        return sink.clear().limit(length);
    }
}
