package io.stave.keydir;

import java.nio.ByteBuffer;

/**
 * Makes a keydir of the parts of another one, as its {@link KeydirImage} gave them: no key is inserted, the bytes are used as they are. Different
 * parts may be restored by different threads.
 *
 * <p>Nothing is checked but the sizes. Who restores has to know that the bytes are the very same.
 *
 * @param <K> the type of the keydir
 * @since 0.1
 */
public interface KeydirRestorer<K extends Keydir> extends AutoCloseable {

    /**
     * Makes room for one part, which the caller fills before {@link #finish}.
     *
     * @param part its index
     * @param image what it looks like
     * @return where {@link PartImage#bytes} bytes belong
     * @throws IllegalArgumentException if no part can look so in this release
     */
    ByteBuffer part(int part, PartImage image);

    /**
     * Ends the restoring; to be called when every other thread has done.
     *
     * @return the keydir
     * @throws IllegalStateException if it was called before, or after {@link #close}
     */
    K finish();

    /** Gives the memory back of a restoring that was broken off. Does nothing after {@link #finish}. */
    @Override
    void close();
}
