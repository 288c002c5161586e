package io.stave.crash;

import io.stave.Entry;
import io.stave.Snapshot;
import io.stave.StaveException;
import io.stave.StoreClosedException;
import io.stave.StoreFailedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A thread that takes snapshots and walks over each of them twice, while others write and merge: both walks must show the same, each key
 * once, nothing newer than the snapshot, and of each batch all or nothing. What it saw must never be taken back by a crash (I2).
 */
final class Snapshotter implements Runnable {

    /** One entry in so many goes to the journal. */
    private static final int SAMPLED = 16;

    private static final int PAUSE_MICROS = 2_000;

    private final Run run;
    private final Journal journal;
    private final SplittableRandom random;

    Snapshotter(Run run) throws IOException {
        this.run = run;
        this.journal = Journal.create(run.settings.journals(), "snapshots");
        this.random = new SplittableRandom(run.settings.seed() ^ 1L << 16);
    }

    @Override
    public void run() {
        try (journal) {
            while (!run.ended()) {
                look();
                run.pause(PAUSE_MICROS);
            }
        } catch (StoreFailedException e) {
            run.stopped(e);
        } catch (Exception | Error e) {
            if (!(run.ended() && e instanceof StoreClosedException)) {
                run.violation("snapshots " + e);
            }
        }
    }

    private void look() {
        try (Snapshot snapshot = run.store.snapshot()) {
            Map<Integer, Long> first = walk(snapshot);
            checkFamilies(snapshot, first);
            run.pause(random.nextInt(PAUSE_MICROS));
            Map<Integer, Long> second = walk(snapshot);
            if (!first.equals(second)) {
                first.entrySet().removeAll(second.entrySet());
                run.violation("the snapshot of version " + snapshot.version() + " showed " + first
                        + " in the first walk, and not in the second");
            }
        } catch (StoreFailedException | StoreClosedException e) {
            throw e;
        } catch (StaveException e) {
            run.trouble("snapshot", e);
        }
    }

    /** The versions of all keys. */
    private Map<Integer, Long> walk(Snapshot snapshot) {
        Map<Integer, Long> versions = new LinkedHashMap<>();
        try (Snapshot.Cursor<Entry> entries = snapshot.entries()) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                int key = number(entry.key());
                long count = Values.count(key, entry.value());
                if (versions.put(key, entry.version()) != null) {
                    run.violation("the snapshot of version " + snapshot.version() + " showed key " + key + " twice");
                }
                if (entry.version() > snapshot.version()) {
                    run.violation("the snapshot of version " + snapshot.version() + " showed version " + entry.version()
                            + " of key " + key);
                }
                if (random.nextInt(SAMPLED) == 0) {
                    journal.seen(key, count, entry.version());
                }
            }
        }
        return versions;
    }

    private static int number(byte[] key) {
        String text = new String(key, StandardCharsets.US_ASCII);
        int dots = text.indexOf('.');
        return Integer.parseInt(dots < 0 ? text : text.substring(0, dots));
    }

    /** Keys that are written together have versions that follow each other, or are all absent (I5). */
    private void checkFamilies(Snapshot snapshot, Map<Integer, Long> versions) {
        for (int writer = 0; writer < run.settings.writers(); writer++) {
            int first = writer * Settings.KEYS_APART + Settings.FAMILY;
            Long start = versions.get(first);
            for (int i = 1; i < Settings.FAMILY_KEYS; i++) {
                Long version = versions.get(first + i);
                boolean together = start == null ? version == null : version != null && version == start + i;
                if (!together) {
                    run.violation("the snapshot of version " + snapshot.version() + " showed version " + start
                            + " of key " + first + " and version " + version + " of key " + (first + i)
                            + ", which are written together");
                }
            }
        }
    }
}
