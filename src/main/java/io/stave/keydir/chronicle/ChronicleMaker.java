package io.stave.keydir.chronicle;

import io.stave.keydir.KeydirForm;
import io.stave.keydir.KeydirMaker;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Makes keydirs of Chronicle Maps, and owns their memory. To be asked for only where {@link ChronicleRequirements} has no objection.
 *
 * @since 0.1
 */
public final class ChronicleMaker implements KeydirMaker<ChronicleKeydir>, AutoCloseable {

    private final Maps maps;

    /**
     * A maker that has made nothing.
     *
     * @param retire runs what it is given when every reader that is inside now has left
     */
    public ChronicleMaker(Consumer<Runnable> retire) {
        this.maps = new Maps(retire);
    }

    /**
     * An empty keydir. Takes no memory yet.
     *
     * @return the keydir
     */
    public ChronicleKeydir empty() {
        return new ChronicleKeydir(ChronicleKeydir.create(maps));
    }

    @Override
    public KeydirForm form() {
        return KeydirForm.CHRONICLE;
    }

    @Override
    public ChronicleFiller filler() {
        return new ChronicleFiller(maps);
    }

    @Override
    public ChronicleRestorer restorer() {
        return new ChronicleRestorer(maps);
    }

    @Override
    public ShardImage decode(ByteBuffer source) {
        return ShardImage.decode(source);
    }

    /** Frees all memory; the keydirs must not be used any more. */
    @Override
    public void close() {
        maps.close();
    }
}
