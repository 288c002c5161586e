package io.stave.crash;

import io.stave.Options;
import io.stave.RecoveryReport;
import io.stave.Stave;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Reopens a store after a crash and compares it with its history: at once, after a merge, and after another reopen, which reads hints.
 */
final class Verifier {

    /** Keys of the verifier's own; no writer has them. */
    private static final int PROBE = 999_000_000;

    private static final int PROBES = 20;

    private Verifier() {}

    /**
     * Verifies the store itself, and leaves it closed.
     *
     * @return what its recovery found
     * @throws AssertionError if it does not hold what it must
     */
    static RecoveryReport verify(Path directory, Options options, History history) throws IOException {
        RecoveryReport found;
        try (Stave store = Stave.open(directory, options)) {
            found = store.recoveryReport();
            history.judge(store, "after the crash");
            probe(store, history);
            store.merge();
            history.judge(store, "after a merge");
        }
        try (Stave store = Stave.open(directory, options)) {
            RecoveryReport report = store.recoveryReport();
            check(report.clean() && report.segmentsScanned() == 0, "not clean after a close: " + report.describe());
            check(report.strayFilesDeleted().isEmpty(), "strays after a close: " + report.describe());
            history.judge(store, "after a clean reopen");
        }
        return found;
    }

    /**
     * Verifies a copy of the store as the crash left it, in {@code scratch}. The next run recovers the crashed store a second time and
     * must come to the same end (I10).
     */
    static RecoveryReport verifyCopy(Path directory, Path scratch, Options options, History history)
            throws IOException {
        Files.createDirectory(scratch);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, scratch.resolve(file.getFileName()));
            }
        }
        RecoveryReport found;
        try (Stave store = Stave.open(scratch, options)) {
            found = store.recoveryReport();
            history.judge(store, "in a copy, after the crash");
            store.merge();
            history.judge(store, "in a copy, after a merge");
        }
        Scratch.deleteAll(scratch);
        return found;
    }

    /** The store works: it takes puts, overwrites, conditions and deletes, and gives them back. */
    private static void probe(Stave store, History history) {
        for (int i = 0; i < PROBES; i++) {
            int number = PROBE + i;
            byte[] key = Values.key(number);
            long put = store.put(key, Values.value(number, 1, 100));
            long replaced = store.compareAndSet(key, put, Values.value(number, 2, 4000));
            check(Values.count(number, store.get(key)) == 2, "a probe was not read back");
            long deleted = store.delete(key);
            check(put != 0 && replaced > put && deleted > replaced && !store.contains(key), "a probe failed");
            history.issued(put, "a probe");
            history.issued(replaced, "a probe");
            history.issued(deleted, "a probe");
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
