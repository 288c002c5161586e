package io.stave.compare.work;

import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Peer;
import io.stave.compare.peer.Store;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Opens the store and gets one key: after a clean close, the same with the files taken away that do nothing but speed it up, or after the last
 * process was killed. Another store, empty, is opened before: what a peer unpacks, loads and compiles once in a process is no part of reopening.
 */
final class ReopenWork implements Work {
    /** What happened before. */
    enum After {
        CLEAN_CLOSE("reopen", "Reopen after a clean close", 0, "keydirRestored"),
        LOST_KEYDIR("reopen-hints", "Reopen from hints", 1, "segmentsFromHints"),
        LOST_HINTS("reopen-scan", "Reopen by a scan, without hints", 2, "segmentsScanned"),
        KILL("reopen-killed", "Reopen after SIGKILL", 0, "");

        private final String name;
        private final String title;
        private final int lost;
        private final String way;

        /**
         * So many of a peer's {@link Peer#shortcuts()} are taken away; a peer that has them, and says how it opened, must then have opened in
         * the way for which this figure is not 0.
         */
        After(String name, String title, int lost, String way) {
            this.name = name;
            this.title = title;
            this.lost = lost;
            this.way = way;
        }
    }

    private final After after;

    ReopenWork(After after) {
        this.after = after;
    }

    @Override
    public String name() {
        return after.name;
    }

    @Override
    public String title() {
        return after.title;
    }

    @Override
    public Needs needs() {
        return Needs.LOADED;
    }

    @Override
    public String refuses(Peer peer) {
        return peer.shortcuts().size() < after.lost ? "has no such files to lose" : null;
    }

    @Override
    public Work killed() {
        return after == After.KILL ? new DoomedWork() : null;
    }

    @Override
    public Figures run(Context context) throws Exception {
        for (String pattern : context.peer().shortcuts().subList(0, after.lost)) {
            delete(context.directory(), pattern);
        }
        Rehearsal.open(context);
        Values values = context.values();
        Keys keys = new Keys(false);
        byte[] key = new byte[Keys.BYTES];
        keys.fill(key, 0);
        Figures figures = new Figures();
        long start = System.nanoTime();
        Store store = context.open(Mode.UNFORCED, after == After.KILL);
        try {
            byte[] first = store.get(key);
            long opened = System.nanoTime() - start;
            if (!values.whole(first, 0)) {
                throw Check.wrong(0);
            }
            figures.set("openSeconds", opened / 1e9).rate(context.keyCount(), opened);
            Check.sample(store, keys, values, context.keyCount(), context.seed());
            if (after == After.KILL) {
                figures.set("lostWrites", DoomedWork.lost(store, keys, values, context));
            }
            ProcessFigures.memory(figures);
            figures.setAll(store.figures());
            if (figures.all().getOrDefault(after.way, 1.0) == 0) {
                throw new IllegalStateException("was not opened as it was meant to: " + after.way + " is 0");
            }
        } finally {
            store.close();
        }
        return figures.set("diskBytes", Disk.bytes(context.directory()));
    }

    private static void delete(Path directory, String pattern) throws IOException {
        int deleted = 0;
        try (DirectoryStream<Path> hints = Files.newDirectoryStream(directory, pattern)) {
            for (Path hint : hints) {
                Files.delete(hint);
                deleted++;
            }
        }
        if (deleted == 0) {
            throw new IllegalStateException("there was no " + pattern + " to delete in " + directory);
        }
    }
}
