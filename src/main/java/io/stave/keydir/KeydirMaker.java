package io.stave.keydir;

import java.nio.ByteBuffer;

/**
 * Makes keydirs of one kind.
 *
 * @param <K> their type
 * @since 0.1
 */
public interface KeydirMaker<K extends Keydir> {

    /**
     * The kind of keydir it makes.
     *
     * @return how such a one is written down
     */
    KeydirForm form();

    /**
     * A keydir to be filled with records, in any order.
     *
     * @return a filler that has seen none
     */
    KeydirFiller<K> filler();

    /**
     * A keydir to be made of the parts of another one.
     *
     * @return a restorer that has no part yet
     */
    KeydirRestorer<K> restorer();

    /**
     * Reads what {@link PartImage#encode} wrote.
     *
     * @param source little-endian; its position moves behind the description
     * @return the description
     * @throws IllegalArgumentException if no part of such a keydir looks so
     */
    PartImage decode(ByteBuffer source);
}
