package io.stave.engine.live;

import io.stave.segment.ScanResult;
import io.stave.segment.SegmentHeader;

/**
 * A segment that somebody else appends to, and how far it is known. Guarded by whoever refreshes.
 *
 * <pre>
 *   header | shown: certified, and in the keydir | walked: whole records, not certified yet | being written | zeros
 * </pre>
 */
public final class Tail {

    private final SegmentHeader header;
    private long shown = SegmentHeader.LENGTH;
    private long lastShown;
    private long certified;
    private long walked;
    private long lastWalked;

    /** A segment of which nothing is shown yet. */
    public Tail(SegmentHeader header) {
        this.header = header;
        this.lastShown = Math.max(0, header.baseSequence() - 1);
        walkAgain();
    }

    public long id() {
        return header.segmentId();
    }

    public SegmentHeader header() {
        return header;
    }

    /** The records below this offset are shown. */
    public long shown() {
        return shown;
    }

    /** The sequence of the last of them; less than the header's base if there is none. */
    public long lastShown() {
        return lastShown;
    }

    /** The records below {@code end} are shown from now on. */
    public void show(long end, long lastSequence) {
        shown = end;
        lastShown = lastSequence;
        if (walked < end) {
            walkAgain();
        }
    }

    /** The largest offset that a certificate in the segment was found to vouch for, or 0: found once, it stays true. */
    public long certified() {
        return certified;
    }

    /** A certificate for this offset was found. */
    public void certify(long offset) {
        certified = Math.max(certified, offset);
    }

    /** Where to go on looking for certificates. */
    public long walked() {
        return walked;
    }

    /** The sequence of the last record below {@link #walked()}. */
    public long lastWalked() {
        return lastWalked;
    }

    /** A walk that began at {@link #walked()} came so far. */
    public void walkedOn(ScanResult result) {
        walked = result.end();
        lastWalked = Math.max(lastWalked, result.maxSequence());
    }

    /** Forgets what is not certified: an append that failed may have been undone, and its place be taken by other records. */
    public void walkAgain() {
        walked = shown;
        lastWalked = lastShown;
    }
}
