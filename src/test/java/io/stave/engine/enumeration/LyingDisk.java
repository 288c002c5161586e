package io.stave.engine.enumeration;

import io.stave.io.StoreDirectory;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A disk that says it has forced what it has not: the names, or some files. A store on it loses what it acknowledges. */
final class LyingDisk {

    private LyingDisk() {}

    /** Lies about these files, by their names. */
    static UnaryOperator<StoreDirectory> aboutFiles(Predicate<String> files) {
        return disk -> Interposed.before(disk, (what, file) -> !what.equals("force") || !files.test(file));
    }

    /** Lies about the names. */
    static UnaryOperator<StoreDirectory> aboutNames() {
        return disk -> Interposed.before(disk, (what, file) -> !what.equals("forceNames"));
    }
}
