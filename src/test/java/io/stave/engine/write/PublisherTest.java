package io.stave.engine.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.blob.BlobReference;
import io.stave.engine.base.Counters;
import io.stave.engine.base.ExpiryClock;
import io.stave.engine.base.Health;
import io.stave.engine.base.KeyBytes;
import io.stave.engine.base.KeydirMemory;
import io.stave.engine.base.Notices;
import io.stave.engine.base.ReadLatency;
import io.stave.engine.live.HintBuilder;
import io.stave.engine.live.LiveBlobs;
import io.stave.engine.live.LiveSegments;
import io.stave.engine.live.ReaderEpoch;
import io.stave.engine.live.Reclaimer;
import io.stave.engine.read.BlobFiles;
import io.stave.engine.read.Reads;
import io.stave.engine.snapshot.Snapshots;
import io.stave.engine.support.LogFile;
import io.stave.io.Mapping;
import io.stave.io.SimulatedDirectory;
import io.stave.keydir.CompactKeydir;
import io.stave.keydir.Key;
import io.stave.keydir.KeyHash;
import io.stave.keydir.Location;
import io.stave.segment.RecordFormat;
import io.stave.segment.Segment;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who wins when a merge or a sweep and a writer want the same slot of the keydir (I7). */
class PublisherTest {

    private static final Key KEY = KeyBytes.of(new byte[] {1});
    private static final long HIGH = 77;
    private static final int LOW = 7;

    private final SimulatedDirectory directory = new SimulatedDirectory();
    private final CompactKeydir keydir = new CompactKeydir(new KeydirMemory(directory, Mapping::release));
    private final Segment first = segment(1);
    private final Segment copy = segment(2);
    private final LiveSegments segments = new LiveSegments(List.of(first, copy));
    private final KeyHash hash = new KeyHash(1, 2);
    private final ReaderEpoch epoch = new ReaderEpoch();
    private final ExpiryClock clock = ExpiryClock.of(InstantSource.system());
    private final Notices notices = Notices.unheard();
    private final BlobFiles files = new BlobFiles(directory, notices, false);
    private final LiveBlobs blobs = new LiveBlobs();
    private final Reads reads = new Reads(
            directory, hash, keydir, segments, epoch, new Counters(), clock, new ReadLatency(), notices, files);
    private final Snapshots snapshots = new Snapshots(
            directory,
            segments,
            keydir,
            hash,
            epoch,
            new Reclaimer(epoch, new Health(), true),
            clock,
            reads,
            1 << 20,
            0,
            notices,
            files,
            new Health());
    private final Publisher publisher =
            new Publisher(keydir, segments, blobs, snapshots, new LogNotes(new HintBuilder(directory, hash)));

    private Segment segment(long id) {
        return Segment.sealed(LogFile.STORE, id, directory.allocate(1), 10_000, 0, 1, 9, false);
    }

    private Location find() {
        Location found = new Location();
        assertTrue(keydir.find(HIGH, LOW, KEY, found));
        return found;
    }

    @Test
    void aMergeMovesAKeyThatStandsWhereItWas() {
        publisher.put(HIGH, LOW, KEY, first, 64, 100, RecordFormat.NO_EXPIRY, null);
        publisher.move(HIGH, LOW, KEY, find(), copy, 640);
        assertEquals(640, find().offset);
        assertEquals(copy.handle(), find().segment);
        assertEquals(100, copy.liveBytes());
    }

    @Test
    void aMergeLosesAgainstAWriteThatCameFirst() {
        publisher.put(HIGH, LOW, KEY, first, 64, 100, RecordFormat.NO_EXPIRY, null);
        Location seen = find();
        publisher.put(HIGH, LOW, KEY, first, 164, 100, RecordFormat.NO_EXPIRY, null);
        publisher.move(HIGH, LOW, KEY, seen, copy, 640);
        assertEquals(164, find().offset);
        assertEquals(first.handle(), find().segment);
        assertEquals(0, copy.liveBytes());
        assertEquals(100, first.liveBytes());
    }

    @Test
    void aMergeLosesAgainstADelete() {
        publisher.put(HIGH, LOW, KEY, first, 64, 100, RecordFormat.NO_EXPIRY, null);
        Location seen = find();
        publisher.delete(HIGH, LOW, KEY, first, 30);
        publisher.move(HIGH, LOW, KEY, seen, copy, 640);
        assertFalse(keydir.find(HIGH, LOW, KEY, new Location()));
    }

    @Test
    void aSweepLosesAgainstAWriteThatCameFirst() {
        publisher.put(HIGH, LOW, KEY, first, 64, 100, 5, null);
        Location seen = find();
        publisher.put(HIGH, LOW, KEY, first, 164, 100, RecordFormat.NO_EXPIRY, null);
        assertFalse(publisher.expire(HIGH, LOW, KEY, seen));
        assertEquals(164, find().offset);
        assertEquals(0, first.expiredBytes());
    }

    private static BlobReference blob(long id) {
        return new BlobReference(id, 1000, 512, 0);
    }

    @Test
    void aBlobIsGivenUpWithTheKeyThatReferredToIt() {
        publisher.put(HIGH, LOW, KEY, first, 64, 100, RecordFormat.NO_EXPIRY, blob(7));
        assertEquals(Location.BLOB, find().flags);
        assertFalse(blobs.anyDead());
        publisher.put(HIGH, LOW, KEY, first, 164, 100, RecordFormat.NO_EXPIRY, blob(8));
        assertEquals(List.of(blob(7)), blobs.takeDead());
        publisher.delete(HIGH, LOW, KEY, first, 30);
        assertEquals(List.of(blob(8)), blobs.takeDead());
        assertFalse(blobs.anyDead());
        assertTrue(blobs.list().isEmpty());
    }

    @Test
    void aBlobThatTheNextRecordRefersToAsWellLivesOn() {
        publisher.put(HIGH, LOW, KEY, first, 64, 100, RecordFormat.NO_EXPIRY, blob(7));
        publisher.put(HIGH, LOW, KEY, first, 164, 100, 5, blob(7));
        assertEquals(Location.BLOB | Location.EXPIRY, find().flags);
        assertFalse(blobs.anyDead());
        assertTrue(publisher.expire(HIGH, LOW, KEY, find()));
        assertEquals(List.of(blob(7)), blobs.takeDead());
    }

    @Test
    void aMergeTakesTheReferenceToABlobAlong() {
        publisher.put(HIGH, LOW, KEY, first, 64, 100, RecordFormat.NO_EXPIRY, blob(7));
        publisher.move(HIGH, LOW, KEY, find(), copy, 640);
        assertEquals(Location.BLOB, find().flags);
        assertEquals(List.of(blob(7)), List.copyOf(blobs.list()));
        publisher.delete(HIGH, LOW, KEY, first, 30);
        assertEquals(List.of(blob(7)), blobs.takeDead());
    }

    @Test
    void aMergeThatComesTooLateKeepsNoBlob() {
        publisher.put(HIGH, LOW, KEY, first, 64, 100, RecordFormat.NO_EXPIRY, blob(7));
        Location seen = find();
        publisher.put(HIGH, LOW, KEY, first, 164, 100, RecordFormat.NO_EXPIRY, null);
        publisher.move(HIGH, LOW, KEY, seen, copy, 640);
        assertEquals(List.of(blob(7)), blobs.takeDead());
        assertTrue(blobs.list().isEmpty());
    }
}
