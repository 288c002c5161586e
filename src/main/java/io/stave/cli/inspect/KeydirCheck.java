package io.stave.cli.inspect;

import io.stave.CorruptionException;
import io.stave.ReadOnlyStave;
import io.stave.StoredRecord;
import io.stave.keydir.CompactKeydir;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.keydir.KeydirFeed;
import io.stave.keydir.KeydirLoader;
import io.stave.keydir.Location;
import java.time.Instant;

/**
 * Compares the keydir that an open makes, from the file KEYDIR or from hints, with one that is made of all records: two walks over one moment.
 */
final class KeydirCheck {

    private final StoreView view;
    private final KeyHash hash;
    private final Fingerprint fingerprint = new Fingerprint();
    private final Location location = new Location();
    private long keys;
    private long count;
    private long wrong;

    KeydirCheck(StoreView view) {
        this.view = view;
        this.hash = new KeyHash(
                view.manifest().secret().first(), view.manifest().secret().second());
    }

    Verification.Keydir compare(ReadOnlyStave store) {
        try (Tables tables = new Tables(view.directory())) {
            KeydirLoader loader = new KeydirLoader(tables);
            KeydirFeed feed = loader.feed(lost -> {});
            store.walk(sound(record -> {
                hash(record);
                feed.offer(
                        fingerprint.high,
                        fingerprint.low,
                        record.version(),
                        record.fate() == StoredRecord.Fate.TOMBSTONE,
                        (int) record.segmentId(),
                        (int) record.offset(),
                        record.length(),
                        0);
            }));
            feed.flush();
            CompactKeydir expected = loader.finish();
            store.walk(sound(record -> compare(record, expected)));
            return new Verification.Keydir(
                    store.recoveryReport().keydirRestored() ? "KEYDIR" : "hints", keys, count, wrong);
        }
    }

    private void compare(StoredRecord record, CompactKeydir expected) {
        Instant expiry = record.expiry();
        if (expiry != null && !expiry.isAfter(Instant.now())) {
            // A writer takes what has expired out of the keydir when it comes by.
            return;
        }
        hash(record);
        boolean newest = expected.find(fingerprint.high, fingerprint.low, location)
                && location.segment == (int) record.segmentId()
                && location.offset == record.offset();
        boolean found = record.fate() == StoredRecord.Fate.LIVE || record.fate() == StoredRecord.Fate.EXPIRED;
        count += newest ? 1 : 0;
        keys += found ? 1 : 0;
        wrong += newest == found ? 0 : 1;
    }

    private void hash(StoredRecord record) {
        byte[] key = record.key();
        hash.hash(key, 0, key.length, fingerprint);
    }

    /** Damage was found already, where segments were verified. */
    static StoredRecord.Visitor sound(StoredRecord.Visitor visitor) {
        return new StoredRecord.Visitor() {
            @Override
            public void record(StoredRecord record) {
                visitor.record(record);
            }

            @Override
            public void damaged(CorruptionException damage, long bytesLeftOut) {}
        };
    }
}
