package io.stave.crash;

import io.stave.Entry;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreClosedException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One reading thread: no value may be broken, no key may go back, and what was seen once must never be taken back by a crash (I2). It
 * goes on when the store has stopped writing, and when its disk is gone, for that is when a value that was shown too early is seen.
 */
final class Reader implements Runnable {

    private static final int HOT_KEYS = 24;
    private static final int PAUSE_MICROS = 50;

    /** In the place of a version: the read failed. */
    private static final long UNREAD = -1;

    /** The newest that was seen of a key, and whether the key was absent when it was looked at again. */
    private record Seen(long version, long count, boolean gone) {}

    private final Run run;
    private final int number;
    private final Journal journal;
    private final SplittableRandom random;
    private final Map<Integer, Seen> seen = new HashMap<>();

    Reader(Run run, int number) throws IOException {
        this.run = run;
        this.number = number;
        this.journal = Journal.create(run.settings.journals(), "reader-" + number);
        this.random = new SplittableRandom(run.settings.seed() ^ (number + 1L) << 32);
    }

    @Override
    public void run() {
        try (journal) {
            while (!run.ended()) {
                if (random.nextInt(4) == 0) {
                    lookAtFamily(random.nextInt(run.settings.writers()));
                } else {
                    look(anyKey());
                }
                run.pause(PAUSE_MICROS);
            }
        } catch (Exception | Error e) {
            if (!(run.ended() && e instanceof StoreClosedException)) {
                run.violation("reader " + number + ' ' + e);
            }
        }
    }

    /** Keys that are written together, in this order: none may be of an older batch than the key before it (I5). */
    private void lookAtFamily(int writer) {
        long batch = 0;
        for (int i = 0; i < Settings.FAMILY_KEYS; i++) {
            int key = writer * Settings.KEYS_APART + Settings.FAMILY + i;
            long version = look(key);
            if (version == UNREAD) {
                return;
            }
            long first = version == Stave.NO_VERSION ? 0 : version - i;
            if (first < batch) {
                run.violation("key " + key + ": a reader saw a batch from version " + batch
                        + " on, and then here one from version " + first);
            }
            batch = first;
        }
    }

    /** Returns the version that was read, or {@link #UNREAD}. */
    private long look(int key) {
        Entry entry;
        try {
            entry = read(key);
        } catch (StoreClosedException e) {
            throw e;
        } catch (StaveException | InternalError e) { // the latter is what reading a mapped page of a lost disk ends in
            run.trouble("read", e);
            return UNREAD;
        }
        Seen before = seen.get(key);
        if (entry == null) {
            if (before != null && !before.gone) {
                journal.gone(key, before.count, before.version);
                seen.put(key, new Seen(before.version, before.count, true));
            }
            return Stave.NO_VERSION;
        }
        Seen now = new Seen(entry.version(), Values.count(key, entry.value()), false);
        if (before == null || now.version > before.version) {
            journal.seen(key, now.count, now.version);
            seen.put(key, now);
        } else if (!now.equals(before)) {
            run.violation("key " + key + ": a reader saw " + before + " and later " + now);
        }
        return now.version;
    }

    private @Nullable Entry read(int key) {
        Stave store = run.store;
        byte[] name = Values.key(key);
        if (random.nextInt(4) > 0) {
            return store.getEntry(name);
        }
        return store.<@Nullable Entry>read(name, (value, version) -> {
            byte[] copy = new byte[value.remaining()];
            value.get(copy);
            return new Entry(name, copy, version);
        });
    }

    private int anyKey() {
        int range = random.nextInt(4) > 0 ? HOT_KEYS : run.settings.keys();
        return random.nextInt(run.settings.writers()) * Settings.KEYS_APART + random.nextInt(range);
    }
}
