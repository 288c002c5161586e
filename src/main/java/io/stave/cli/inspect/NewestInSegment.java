package io.stave.cli.inspect;

import io.stave.io.StoreDirectory;
import io.stave.keydir.CompactKeydir;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.keydir.KeydirFeed;
import io.stave.keydir.KeydirLoader;
import io.stave.keydir.Location;
import io.stave.manifest.Manifest;
import io.stave.segment.RecordCursor;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which record of each key is the newest in a segment, as its hint should say, from the records themselves. Outside the heap, about 28
 * bytes a key. First each record is offered, then asked for.
 */
final class NewestInSegment implements AutoCloseable {

    private final KeyHash hash;
    private final Tables tables;
    private final KeydirLoader loader;
    private final KeydirFeed feed;
    private final Fingerprint fingerprint = new Fingerprint();
    private final Location location = new Location();
    private @Nullable CompactKeydir newest;

    NewestInSegment(StoreDirectory directory, Manifest manifest) {
        this.tables = new Tables(directory);
        this.hash = new KeyHash(manifest.secret().first(), manifest.secret().second());
        this.loader = new KeydirLoader(tables);
        this.feed = loader.feed(lost -> {});
    }

    /** Takes a record into account. A tombstone counts like any other here. */
    void offer(RecordCursor record) {
        hash(record);
        feed.offer(
                fingerprint.high,
                fingerprint.low,
                record.sequence(),
                false,
                0,
                (int) record.offset(),
                record.length(),
                0);
    }

    /** Whether a record is the newest of its key; all have been offered. */
    boolean isNewest(RecordCursor record) {
        CompactKeydir found = newest;
        if (found == null) {
            feed.flush();
            found = loader.finish();
            newest = found;
        }
        hash(record);
        return found.find(fingerprint.high, fingerprint.low, location) && location.offset == record.offset();
    }

    /** What a filter is asked about the key that was looked at last. */
    long filterFingerprint() {
        return fingerprint.high;
    }

    private void hash(RecordCursor record) {
        hash.hash(record.buffer(), record.keyPosition(), record.keyLength(), fingerprint);
    }

    @Override
    public void close() {
        tables.close();
    }
}
