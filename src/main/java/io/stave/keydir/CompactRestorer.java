package io.stave.keydir;

import java.nio.ByteBuffer;

/**
 * Makes a compact keydir of the tables of another one.
 *
 * @since 0.1
 */
public final class CompactRestorer implements KeydirRestorer<CompactKeydir> {

    private final TableMemory memory;
    private final Stripe[] stripes;

    // Guarded by this.
    private boolean finished;

    /**
     * A restorer that has no tables yet.
     *
     * @param memory for the tables; must outlive the keydir
     */
    public CompactRestorer(TableMemory memory) {
        this.memory = memory;
        stripes = CompactKeydir.create(memory, false);
    }

    @Override
    public ByteBuffer part(int stripe, PartImage part) {
        if (!(part instanceof TableImage image) || !image.possible()) {
            throw new IllegalArgumentException("no table of a keydir is like " + part);
        }
        return image.slots() == 0
                ? ByteBuffer.allocate(0)
                : stripes[stripe].restore(Table.restored(image, memory), image.keys());
    }

    @Override
    public synchronized CompactKeydir finish() {
        if (finished) {
            throw new IllegalStateException("the restorer has finished");
        }
        finished = true;
        return new CompactKeydir(stripes);
    }

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
