package io.stave.keydir;

import java.nio.ByteBuffer;

/**
 * Makes a keydir of the tables of another one, as {@link CompactKeydir#image} and {@link CompactKeydir#bytes} gave them: no key is inserted, the
 * bytes are used as they are. Different stripes may be restored by different threads.
 *
 * <p>Nothing is checked but the sizes. Who restores has to know that the bytes are the very same.
 *
 * @since 0.1
 */
public final class KeydirRestorer implements AutoCloseable {

    private final TableMemory memory;
    private final Stripe[] stripes;

    // Guarded by this.
    private boolean finished;

    /**
     * A restorer that has no tables yet.
     *
     * @param memory for the tables; must outlive the keydir
     */
    public KeydirRestorer(TableMemory memory) {
        this.memory = memory;
        stripes = CompactKeydir.create(memory, false);
    }

    /**
     * Makes a table for one stripe, which the caller fills before {@link #finish}.
     *
     * @param stripe its index
     * @param image what it looks like
     * @return where {@link TableImage#bytes} bytes belong
     * @throws IllegalArgumentException if no table can look so
     */
    public ByteBuffer table(int stripe, TableImage image) {
        if (!image.possible()) {
            throw new IllegalArgumentException("no table of a keydir is like " + image);
        }
        return image.slots() == 0
                ? ByteBuffer.allocate(0)
                : stripes[stripe].restore(Table.restored(image, memory), image.keys());
    }

    /**
     * Ends the restoring; to be called when every other thread has done.
     *
     * @return the keydir
     * @throws IllegalStateException if it was called before, or after {@link #close}
     */
    public synchronized CompactKeydir finish() {
        if (finished) {
            throw new IllegalStateException("the restorer has finished");
        }
        finished = true;
        return new CompactKeydir(stripes);
    }

    /** Gives the memory back of a restoring that was broken off. Does nothing after {@link #finish}. */
    @Override
    public synchronized void close() {
        if (!finished) {
            finished = true;
            for (Stripe stripe : stripes) {
                stripe.close();
            }
        }
    }
}
