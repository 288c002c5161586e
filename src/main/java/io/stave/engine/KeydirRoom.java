package io.stave.engine;

import io.stave.Keydir;
import io.stave.KeydirUnavailableException;
import io.stave.engine.base.KeydirMemory;
import io.stave.engine.recovery.Recovery;
import io.stave.io.StoreDirectory;
import io.stave.keydir.CompactMaker;
import io.stave.keydir.KeydirMaker;
import io.stave.keydir.chronicle.ChronicleMaker;
import io.stave.keydir.chronicle.ChronicleRequirements;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Where the keydir of a store lies: of the kind that the options ask for, with its memory, which is freed part by part when {@code retire} says
 * that no reader is left, and whole by {@link #close}.
 */
final class KeydirRoom {

    private final Keydir kind;
    private final KeydirMaker<?> maker;
    private final Runnable close;

    private KeydirRoom(Keydir kind, KeydirMaker<?> maker, Runnable close) {
        this.kind = kind;
        this.maker = maker;
        this.close = close;
    }

    /** Makes the room; {@link #check} has found nothing. */
    static KeydirRoom of(Keydir kind, StoreDirectory directory, Consumer<Runnable> retire) {
        return kind == Keydir.CHRONICLE ? chronicle(retire) : compact(directory, retire);
    }

    private static KeydirRoom compact(StoreDirectory directory, Consumer<Runnable> retire) {
        KeydirMemory memory = new KeydirMemory(directory, mapping -> retire.accept(mapping::release));
        return new KeydirRoom(Keydir.COMPACT, new CompactMaker(memory), memory::close);
    }

    /** The only place that leads to classes of the library, which is loaded when they are run. */
    private static KeydirRoom chronicle(Consumer<Runnable> retire) {
        ChronicleMaker maker = new ChronicleMaker(retire);
        return new KeydirRoom(Keydir.CHRONICLE, maker, maker::close);
    }

    /**
     * Checks whether this JVM can have such a keydir, before anything is touched.
     *
     * @throws KeydirUnavailableException if not
     */
    static void check(Keydir kind) {
        if (kind == Keydir.CHRONICLE) {
            ChronicleRequirements.check();
        }
    }

    KeydirMaker<?> maker() {
        return maker;
    }

    /**
     * Recovers into it.
     *
     * @throws KeydirUnavailableException if there is no memory for as many keys as the store has
     */
    Recovery.Recovered recover(Recovery recovery) throws IOException {
        try {
            return recovery.run();
        } catch (OutOfMemoryError e) {
            if (kind == Keydir.CHRONICLE) {
                throw new KeydirUnavailableException(
                        "The keys of this store do not fit: " + e.getMessage() + ". Give the process more memory.", e);
            }
            throw e;
        }
    }

    /** Frees all of it; the keydir must not be used any more. */
    void close() {
        close.run();
    }
}
