package io.stave.io;

import java.io.Closeable;

/** A lock that is held; closing it twice does nothing. */
final class SimulatedLock implements Closeable {
    private final SimulatedDirectory directory;
    private final String name;
    private boolean held = true;

    SimulatedLock(SimulatedDirectory directory, String name) {
        this.directory = directory;
        this.name = name;
    }

    @Override
    public void close() {
        synchronized (directory) {
            if (held) {
                held = false;
                directory.unlocked(name);
            }
        }
    }
}
