package io.stave.engine.merge;

import io.stave.engine.read.Reads;
import io.stave.engine.write.Publisher;
import io.stave.hint.BadHintException;
import io.stave.hint.HintReader;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.keydir.Fingerprint;
import io.stave.keydir.KeyHash;
import io.stave.keydir.KeyRange;
import io.stave.keydir.Location;
import io.stave.segment.ScanResult;
import io.stave.segment.Segment;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * Points the keydir at the copies that a merge has made: only where it still points at the original (I7).
 *
 * <p>What lies where in a copy is in its hint, which is a small part of it; where that will not do, the copy is read. Keys are touched in the
 * keydir some at a time before they are looked up. Not thread-safe.
 */
final class Swing {

    private static final int TOGETHER = Reads.TOUCHED_TOGETHER;

    private final StoreDirectory directory;
    private final KeyHash hash;
    private final Reads reads;
    private final Publisher publisher;
    private final Set<Integer> inputs;
    private final Runnable busy;

    private final Fingerprint fingerprint = new Fingerprint();
    private final Location location = new Location();
    private final KeyRange key = new KeyRange();

    // Keys that wait to be looked up together: their fingerprints, where their copies lie, and the keys behind each
    // other.
    private final long[] highs = new long[TOGETHER];
    private final int[] lows = new int[TOGETHER];
    private final int[] offsets = new int[TOGETHER];
    private final int[] ends = new int[TOGETHER];
    private ByteBuffer keys = ByteBuffer.allocate(1024);
    private int waiting;
    private long touched; // so that the reads are not optimized away

    /** {@code inputs} are the handles of the segments that were merged; {@code busy} is run again and again meanwhile. */
    Swing(
            StoreDirectory directory,
            KeyHash hash,
            Reads reads,
            Publisher publisher,
            Set<Integer> inputs,
            Runnable busy) {
        this.directory = directory;
        this.hash = hash;
        this.reads = reads;
        this.publisher = publisher;
        this.inputs = inputs;
        this.busy = busy;
    }

    /** Points the keydir at the live records of a copy, and tells the copy of its tombstones and expiries. */
    void to(Segment copy, MergeOutput.Made made) throws IOException {
        if (!made.distinctKeys() || !byHint(copy, made.records())) {
            byRecords(copy);
        }
    }

    /** Only if each record is in the hint, which none is that another one of its key hides. */
    private boolean byHint(Segment copy, long records) {
        try (HintReader hint = HintReader.open(directory, copy.storeId(), copy.id(), copy.length(), copy.digest())) {
            if (hint.entries() != records) {
                return false;
            }
            hint.read(entry -> {
                add(copy, entry.buffer(), entry.keyPosition(), entry.keyLength(), entry.offset());
                if (entry.hasExpiry()) {
                    copy.expires(entry.expiry());
                }
            });
            moveAll(copy);
            return true;
        } catch (BadHintException e) {
            waiting = 0;
            return false;
        }
    }

    private void byRecords(Segment copy) throws IOException {
        try (ReadableFile file = directory.open(copy.name())) {
            SegmentHeader header = SegmentHeader.read(file, copy.storeId(), copy.id());
            ScanResult result = new SegmentScanner().scan(file, header, copy.length(), false, record -> {
                if (record.tombstone()) {
                    copy.addTombstone(record.length());
                    return;
                }
                add(copy, record.buffer(), record.keyPosition(), record.keyLength(), (int) record.offset());
                if (record.hasExpiry()) {
                    copy.expires(record.expiry());
                }
            });
            if (result.end() != copy.length()) {
                throw new IOException(
                        copy.name() + ": stopped at offset " + result.stoppedAt() + ": " + result.reason());
            }
        }
        moveAll(copy);
    }

    private void add(Segment copy, ByteBuffer from, int keyPosition, int keyLength, int offset) {
        int at = waiting == 0 ? 0 : ends[waiting - 1];
        if (keys.capacity() - at < keyLength) {
            keys = ByteBuffer.allocate(2 * (at + keyLength)).put(0, keys, 0, at);
        }
        keys.put(at, from, keyPosition, keyLength);
        hash.hash(from, keyPosition, keyLength, fingerprint);
        highs[waiting] = fingerprint.high;
        lows[waiting] = fingerprint.low;
        offsets[waiting] = offset;
        ends[waiting] = at + keyLength;
        waiting++;
        if (waiting == TOGETHER) {
            moveAll(copy);
        }
    }

    private void moveAll(Segment copy) {
        touched += reads.touch(waiting, i -> highs[i]);
        int at = 0;
        for (int i = 0; i < waiting; i++) {
            key.at(keys, at, ends[i] - at);
            at = ends[i];
            // The inputs hold one live record of a key, and gain none: if the keydir points into them, it points at the
            // original.
            if (reads.find(highs[i], lows[i], key, location) && inputs.contains(location.segment)) {
                publisher.move(highs[i], lows[i], key, location, copy, offsets[i]);
            }
        }
        waiting = 0;
        busy.run();
    }
}
