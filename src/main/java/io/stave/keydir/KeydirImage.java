package io.stave.keydir;

import java.nio.ByteBuffer;

/**
 * A keydir as it lies in memory, part by part, for one who writes it down: valid while nobody changes the keydir. {@link KeydirRestorer} takes
 * the parts back.
 *
 * @since 0.1
 */
public interface KeydirImage {

    /**
     * The kind of the keydir.
     *
     * @return says how many parts there are
     */
    KeydirForm form();

    /**
     * What a part looks like.
     *
     * @param part its index
     * @return its description
     */
    PartImage part(int part);

    /**
     * The bytes of a part. Readers may be at work in it: whoever needs its checksum copies first.
     *
     * @param part its index
     * @return a read-only view of {@link PartImage#bytes} bytes
     */
    ByteBuffer bytes(int part);
}
