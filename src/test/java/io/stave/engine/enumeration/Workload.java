package io.stave.engine.enumeration;

import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreDirectory;
import io.stave.io.StoreId;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.manifest.StoreSecret;
import java.io.IOException;
import java.util.function.UnaryOperator;

/** The scripts, by the names that a failure prints. */
enum Workload {
    /** The only one that draws the identity of its store anew each time, for it begins with an empty directory. */
    CREATE(WriteScripts::create),
    PUT(WriteScripts::put),
    UNFORCED(WriteScripts::unforced),
    CONDITIONS(WriteScripts::conditions),
    EXPIRY(WriteScripts::expiry),
    BROKEN_OFF(WriteScripts::brokenOff),
    VERSIONS(WriteScripts::versions),
    BATCH(BatchScripts::small),
    BATCH_OF_ITS_OWN(BatchScripts::ofTheirOwn),
    BATCH_UNFORCED(BatchScripts::unforced),
    BATCH_MERGED(BatchScripts::merged),
    ROLL(SegmentScripts::roll),
    ROLL_UNFORCED(SegmentScripts::rollUnforced),
    UNSEALED(SegmentScripts::unsealed),
    CLOSE_AND_OPEN(SegmentScripts::closeAndOpen),
    SEGMENT_IDS(SegmentScripts::segmentIds),
    MERGE(MergeScripts::all),
    MERGE_TWICE(MergeScripts::twice),
    MERGE_PARTIAL(MergeScripts::partial),
    MERGE_TOMBSTONES(MergeScripts::tombstones),
    MERGE_EXPIRED(MergeScripts::expired),
    MERGE_BESIDE_UNFORCED(MergeScripts::besideUnforced),
    MERGE_BESIDE_SNAPSHOTS(MergeScripts::besideSnapshots),
    FULL_DISK(MergeScripts::onAFullDisk),
    RECOVER_TORN(RecoveryScripts::tornTail),
    RECOVER_HEADER_ONLY(RecoveryScripts::nothingBehindTheHeader),
    RECOVER_CUT_IN_FRONT(RecoveryScripts::cutInFrontOfOthers),
    RECOVER_UNSEALED(RecoveryScripts::wholeAndUnsealed),
    RECOVER_STRAYS(RecoveryScripts::strays),
    RECOVER_LOST_HINT(RecoveryScripts::lostHint),
    RECOVER_SPOILT_HINT(RecoveryScripts::spoiltHint),
    RECOVER_SPOILT_KEYDIR(RecoveryScripts::spoiltKeydir),
    RECOVER_KILLED(RecoveryScripts::killed),
    RECOVER_KILLED_UNSEALED(RecoveryScripts::killedUnsealed),
    BLOB(BlobScripts::written),
    BLOB_UNFORCED(BlobScripts::unforced),
    BLOB_UPLOADED(BlobScripts::uploaded),
    BLOB_MERGED(BlobScripts::merged);

    private final Script script;

    Workload(Script script) {
        this.script = script;
    }

    /** Runs the script once. The seed draws all lengths, and the identity of the store. */
    Recording record(long seed) {
        return record(seed, directory -> directory);
    }

    /** The same on a disk that is not what it seems. */
    Recording record(long seed, UnaryOperator<StoreDirectory> disguise) {
        try {
            Life life = new Life(image(seed), seed * values().length + ordinal(), disguise);
            script.run(life);
            return life.end(this, seed);
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError("workload " + this + ", seed " + seed + ", fails without a crash: " + e, e);
        }
    }

    private SimulatedDirectory image(long seed) throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        if (this != CREATE) {
            Manifest first = Manifest.first(new StoreId(seed, ordinal()), new StoreSecret(~seed, ordinal()));
            ManifestFile.install(directory, first);
        }
        return directory.afterCrash(CrashState.everything());
    }
}
