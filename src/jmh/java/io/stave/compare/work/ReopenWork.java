package io.stave.compare.work;

import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Peer;
import io.stave.compare.peer.Store;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens the store and gets one key: after a clean close, the same without hints, or after the last process was killed. */
final class ReopenWork implements Work {
    /** What happened before. */
    enum After {
        CLEAN_CLOSE("reopen", "Reopen after a clean close"),
        LOST_HINTS("reopen-scan", "Reopen without hints"),
        KILL("reopen-killed", "Reopen after SIGKILL");

        private final String name;
        private final String title;

        After(String name, String title) {
            this.name = name;
            this.title = title;
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
        return after == After.LOST_HINTS && peer.hintFiles() == null ? "has no hints to lose" : null;
    }

    @Override
    public Work killed() {
        return after == After.KILL ? new DoomedWork() : null;
    }

    @Override
    public Figures run(Context context) throws Exception {
        if (after == After.LOST_HINTS) {
            delete(context.directory(), context.peer().hintFiles());
        }
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
            throw new IllegalStateException("there was no hint to delete in " + directory);
        }
    }
}
