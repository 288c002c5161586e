package io.stave.engine.model;

import io.stave.Options;
import io.stave.Stave;
import java.io.IOException;

/** What a model's store lies on, and how that can crash. */
interface ModelDisk {

    /** How the store is opened. */
    Options options();

    /** Opens the store. */
    Stave open();

    /** Whether the store that was opened sweeps on a thread of its own. */
    boolean inBackground();

    /** Whether a crash takes back nothing that was handed to the operating system. */
    boolean keepsWhatWasAppended();

    /** After the next so many operations the disk crashes in the middle of what is being done; false if it cannot do that. */
    boolean crashAfter(int operations);

    /** The next write to a file breaks off after so many bytes; false if the disk cannot do that. */
    boolean failNextWrite(int bytes);

    /** No write fails any more. */
    void failNoWrite();

    /** The machine goes down, if it has not yet, and what comes up is chosen by the seed. The store that was open is given up. */
    void crash(Stave store, long seed) throws IOException;

    /** The process dies, and what it had handed to the operating system is there, but not forced. The store that was open is given up. */
    void kill(Stave store) throws IOException;

    /** A merge or a close comes, which waits for the sealer; or it is over. */
    void holdSealing(boolean hold);

    /** The store was closed; power may fail now, as the seed chooses. */
    void closed(long seed) throws IOException;

    /** Compares recovery from hints with recovery by scans, without changing what is on the disk. The store is not open. */
    void compareRecoveries() throws IOException;

    /** Frees what it took. */
    void close() throws IOException;
}
