package io.stave.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;

/** How the running Java maps files and takes the memory back. */
interface Mapper {

    /** The best way this Java has. */
    Mapper BEST = choose();

    /**
     * Maps the first bytes of a file. Read-only mappings are of the length the caller has checked; private ones may be
     * longer than the file, which then grows.
     *
     * @throws java.nio.channels.ClosedByInterruptException if the thread is interrupted, which also closes the channel
     */
    Mapping map(FileChannel channel, MapMode mode, long length) throws IOException;

    private static Mapper choose() {
        if (Runtime.version().feature() >= 22) {
            try {
                return ArenaMapper.link();
            } catch (ReflectiveOperationException e) {
                return CleanerMapper.collected(); // the other way prints warnings there
            }
        }
        return CleanerMapper.link();
    }
}
