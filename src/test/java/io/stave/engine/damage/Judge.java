package io.stave.engine.damage;

import io.stave.CorruptionException;
import io.stave.FormatVersionException;
import io.stave.ReadOnlyStave;
import io.stave.RecoveryReport;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreIOException;
import io.stave.engine.Engine;
import io.stave.engine.ReadOnlyEngine;
import io.stave.engine.model.Held;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.io.CrashState;
import io.stave.io.Operation;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreDirectory;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Opens a damaged store and demands: either a typed refusal that names the file and has changed nothing, or a state that the store went
 * through and that nothing proves to be too old, with nothing missing but keys whose records are damaged, each named (I4, I5, I6, I10).
 */
final class Judge {

    private static final Set<String> OF_THE_LOCK = Set.of("LOCK", "OWNER");

    /** What an open may take of the heap for the small stores that are judged: no length is believed that was not verified. */
    private static final long MOST_HEAP = 64L << 20;

    /** What became of a damaged store. */
    enum Verdict {
        REFUSED,
        CUT,
        KEYS_DAMAGED,
        AS_BEFORE
    }

    private final Damaged store;
    private final Image image;
    private final Set<String> touched;
    private final int oldest;

    Judge(Damaged store) {
        this.store = store;
        this.image = store.image();
        this.touched = store.touched();
        this.oldest = store.rolledBack() ? 0 : image.log().vouchedFor(image, store.files());
    }

    /** Opens it for reading beside a writer that is not there; that changes nothing at all. */
    Verdict read() {
        SimulatedDirectory disk = store.disk();
        Verdict verdict;
        try (ReadOnlyStave open = ReadOnlyEngine.open(guarded(disk), Story.OPTIONS, true)) {
            Sight sight = Sight.of(open, image.keys());
            verdict = verdict(state(sight), sight);
        } catch (StaveException e) {
            checkRefusal(e);
            verdict = Verdict.REFUSED;
        }
        demand(disk.log().isEmpty(), "a reader wrote: " + disk.log());
        demand(disk.leaks().isEmpty(), "not given back: " + disk.leaks());
        return verdict;
    }

    /**
     * Opens it for writing.
     *
     * @param goesOn whether to go on with what was opened, or to mend what was refused
     */
    Verdict write(boolean goesOn) {
        SimulatedDirectory disk = store.disk();
        long before = Heap.allocated();
        Sight sight;
        int state;
        try (Stave open = Engine.open(guarded(disk), Story.OPTIONS, true)) {
            demand(Heap.allocated() - before < MOST_HEAP, "it took " + (Heap.allocated() - before) + " bytes of heap");
            sight = Sight.of(open, image.keys());
            state = state(sight);
            checkCut(state, open.recoveryReport());
            if (goesOn) {
                demand(
                        sight.held().equals(Sight.walk(open, image.keys())),
                        "a walk shows something else than the gets");
                goOn(open, sight);
            }
        } catch (StaveException e) {
            checkRefusal(e);
            checkUnchanged(disk);
            if (goesOn) {
                checkMended(disk);
            }
            return Verdict.REFUSED;
        }
        demand(disk.leaks().isEmpty(), "not given back: " + disk.leaks());
        if (goesOn) {
            checkReopened(disk, sight);
        }
        return verdict(state, sight);
    }

    /** Opens it where it lies on the real file system, for both. */
    Verdict real(Path path) throws IOException {
        Map<String, byte[]> before = contents(path);
        Verdict verdict;
        try (ReadOnlyStave open = Stave.openReadOnly(path, Story.OPTIONS)) {
            Sight sight = Sight.of(open, image.keys());
            verdict = verdict(state(sight), sight);
        } catch (StaveException e) {
            checkRefusal(e);
            verdict = Verdict.REFUSED;
        }
        demand(same(before, contents(path)), "a reader has changed " + path);
        try (Stave open = Stave.open(path, Story.OPTIONS)) {
            Sight sight = Sight.of(open, image.keys());
            int state = state(sight);
            checkCut(state, open.recoveryReport());
            return verdict(state, sight);
        } catch (StaveException e) {
            checkRefusal(e);
            demand(same(before, contents(path)), "changed though it was refused: " + path);
            return Verdict.REFUSED;
        }
    }

    private static Map<String, byte[]> contents(Path path) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!OF_THE_LOCK.contains(name)) {
                    contents.put(name, Files.readAllBytes(file));
                }
            }
        }
        return contents;
    }

    private static boolean same(Map<String, byte[]> one, Map<String, byte[]> other) {
        return one.keySet().equals(other.keySet())
                && one.entrySet().stream().allMatch(e -> Arrays.equals(e.getValue(), other.get(e.getKey())));
    }

    private Verdict verdict(int state, Sight sight) {
        if (!sight.damaged().isEmpty()) {
            return Verdict.KEYS_DAMAGED;
        }
        return state < image.states().size() - 1 ? Verdict.CUT : Verdict.AS_BEFORE;
    }

    /** Files that cannot be read give I/O errors. */
    StoreDirectory guarded(SimulatedDirectory disk) {
        if (store.unreadable().isEmpty()) {
            return disk;
        }
        GateDirectory guarded = new GateDirectory(disk);
        guarded.rule((act, name, position, length) -> {
            if ((act == Act.OPEN || act == Act.READ || act == Act.MAP)
                    && store.unreadable().contains(name)) {
                throw new AccessDeniedException(name);
            }
        });
        return guarded;
    }

    /** The newest state that this may be; there must be one. */
    private int state(Sight sight) {
        demand(!touched.contains("MANIFEST") || store.rolledBack(), "a MANIFEST is believed that is not the store's");
        sight.damaged().forEach((key, e) -> {
            if (e instanceof CorruptionException corruption) {
                checkNames(corruption);
                // A value that an older MANIFEST brings back may lie in a file that was given up since.
                demand(
                        touched.contains(corruption.file())
                                || (store.rolledBack() && corruption.actual().equals("no file")),
                        "key " + key + " is said to be damaged in a file that is sound: " + e);
            } else {
                checkNewerOrUnreadable(e);
            }
        });
        for (int state = image.states().size() - 1; state >= oldest; state--) {
            if (sight.isOf(image.states().get(state))) {
                return state;
            }
        }
        throw new AssertionError(
                "what it shows is no state from " + oldest + " on: " + sight + "\nthe last one is " + image.contents());
    }

    private void checkCut(int state, RecoveryReport report) {
        boolean cut = state < image.states().size() - 1;
        boolean told = !report.cuts().isEmpty();
        demand(
                !cut || told || store.rolledBack() || image.log().endsBefore(state + 1, store.files()),
                "writes after state " + state + " are gone, and the report does not say so: " + report);
    }

    private void checkRefusal(StaveException e) {
        if (e instanceof CorruptionException corruption) {
            checkNames(corruption);
        } else {
            checkNewerOrUnreadable(e);
        }
        demand(touched.stream().anyMatch(this::matters), "refused though nothing that matters was touched: " + e);
        if (touched.size() == 1 && !touched.contains("MANIFEST")) {
            String only = touched.iterator().next();
            demand(String.valueOf(e.getMessage()).contains(only), "it names another file: " + e);
        }
    }

    private void checkNewerOrUnreadable(StaveException e) {
        if (e instanceof FormatVersionException newer) {
            demand(touched.contains(newer.file()) && newer.found() == 2, "refused for another reason: " + e);
            return;
        }
        demand(e instanceof StoreIOException, "refused with " + e);
        String message = String.valueOf(e.getMessage());
        // A reader takes a missing blob for one that a writer has given up meanwhile.
        boolean gone = message.contains(".blob is gone")
                && (store.rolledBack()
                        || touched.stream()
                                .anyMatch(file ->
                                        message.contains(file) && !store.files().containsKey(file)));
        demand(
                gone || store.unreadable().stream().anyMatch(message::contains),
                "an I/O error where there is none: " + e);
    }

    /** Files without which there is no store; and segments, blobs and uploads from elsewhere, which prove that something is in the wrong place. */
    private boolean matters(String file) {
        return file.equals("MANIFEST")
                || image.listed().contains(file)
                || (file.matches(".*\\.(seg|blob|upload)") && store.files().containsKey(file));
    }

    private void checkNames(CorruptionException e) {
        String message = String.valueOf(e.getMessage());
        demand(
                !e.file().isEmpty()
                        && e.offset() >= 0
                        && !e.expected().isEmpty()
                        && !e.actual().isEmpty()
                        && !e.expected().equals(e.actual())
                        && message.contains(e.file())
                        && message.contains(e.expected())
                        && message.contains(e.actual()),
                "it does not say what is wrong: " + e);
    }

    private void checkUnchanged(SimulatedDirectory disk) {
        for (Operation operation : disk.log()) {
            demand(OF_THE_LOCK.contains(operation.name()), "done to a store that was refused: " + operation);
        }
        demand(disk.leaks().isEmpty(), "not given back: " + disk.leaks());
    }

    /** With the bytes back in place all is there again. */
    private void checkMended(SimulatedDirectory refused) {
        SimulatedDirectory disk = refused.afterCrash(CrashState.everything());
        for (String file : store.files().keySet()) {
            if (touched.contains(file) && !image.files().containsKey(file)) {
                remove(disk, file);
            }
        }
        image.files().forEach((file, bytes) -> {
            if (touched.contains(file)) {
                disk.damage(file, bytes);
            }
        });
        try (Stave open = Engine.open(disk, Story.OPTIONS, true)) {
            Sight sight = Sight.of(open, image.keys());
            demand(sight.held().equals(image.contents()), "it was mended and shows " + sight);
        }
    }

    private static void remove(SimulatedDirectory disk, String file) {
        try {
            disk.delete(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A merge loses nothing, and keeps what is damaged where it is; writes go on, and put right what they replace. */
    private void goOn(Stave open, Sight sight) {
        open.merge();
        demandSame(sight, Sight.of(open, image.keys()), "after a merge");
        long newest = image.contents().values().stream()
                .mapToLong(Held::version)
                .max()
                .orElse(0);
        for (int key : sight.damaged().keySet()) {
            long version = open.put(Story.key(key), new byte[] {1, 2, 3});
            demand(version > newest || store.rolledBack(), "version " + version + " was given before");
        }
    }

    private void checkReopened(SimulatedDirectory disk, Sight before) {
        Map<Integer, Held> expected = new TreeMap<>(before.held());
        try (Stave open = Engine.open(disk.afterCrash(CrashState.everything()), Story.OPTIONS, true)) {
            Sight after = Sight.of(open, image.keys());
            demand(after.damaged().isEmpty(), "still damaged after it was put anew: " + after);
            Set<Integer> anew = new HashSet<>(before.damaged().keySet());
            after.held().forEach((key, held) -> {
                if (!anew.contains(key)) {
                    demand(held.equals(expected.remove(key)), "key " + key + " has changed into " + held);
                } else {
                    demand(held.value().length == 3, "key " + key + " has changed into " + held);
                }
            });
            demand(expected.isEmpty(), "lost after a merge and a reopen: " + expected);
        }
        demand(disk.leaks().isEmpty(), "not given back: " + disk.leaks());
    }

    private static void demandSame(Sight before, Sight after, String when) {
        demand(
                before.held().equals(after.held())
                        && before.damaged().keySet().equals(after.damaged().keySet()),
                when + " it shows " + after + " and before " + before);
    }

    private static void demand(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
