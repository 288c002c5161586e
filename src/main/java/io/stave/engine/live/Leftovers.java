package io.stave.engine.live;

import io.stave.engine.base.StoreLog;
import io.stave.io.StoreDirectory;
import java.io.IOException;

/** Deletes files that nothing needs any more. What cannot be deleted does no harm: the next open tries again. */
public final class Leftovers {

    private final StoreDirectory directory;
    private final StoreLog log;

    public Leftovers(StoreDirectory directory) {
        this.directory = directory;
        this.log = new StoreLog(directory.path());
    }

    /** Returns whether the file is gone; if not, that was said. */
    public boolean delete(String name) {
        try {
            boolean unused = directory.delete(name);
            return true;
        } catch (IOException | OutOfMemoryError e) {
            log.warn(
                    name + " is not needed and could not be deleted: " + e
                            + ". The next open tries again; see to the disk.",
                    e);
            return false;
        }
    }
}
