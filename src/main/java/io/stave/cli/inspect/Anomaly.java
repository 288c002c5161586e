package io.stave.cli.inspect;

import io.stave.CorruptionException;
import io.stave.RecoveryReport;
import io.stave.hint.BadHintException;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.segment.ScanResult;
import io.stave.segment.SegmentNames;

/**
 * Something in a file that is not what it should be.
 *
 * @param severity how bad it is
 * @param file the name of the file in the store
 * @param offset where in it, in bytes
 * @param expected what should be there
 * @param actual what is there
 * @param recovery what the next open does about it
 * @param advice what the reader may do
 */
public record Anomaly(
        Severity severity, String file, long offset, String expected, String actual, String recovery, String advice) {

    /** How bad an anomaly is. */
    public enum Severity {
        /** As it should be after a crash or an upgrade: it costs time at most. */
        HARMLESS,
        /** Bytes are not what was written, and nothing is lost: they say what can be found out otherwise. */
        ADVICE_LOST,
        /** Bytes are not what was written, and what they held is lost here. */
        DATA_LOST
    }

    private static final String SCANS =
            "the next open reads the segment instead and writes a new hint: nothing is lost but" + " time";

    /** A hint that would not be trusted. */
    static Anomaly of(String hint, BadHintException bad, long segmentId) {
        return new Anomaly(
                Severity.ADVICE_LOST,
                hint,
                bad.offset(),
                bad.expected(),
                bad.actual(),
                SCANS,
                "let it be, or run 'stave hint rebuild STORE " + segmentId
                        + "'; if no crash of the machine explains it," + " check the disk");
    }

    /** A filter that merges would not believe, in a hint whose entries are good. */
    static Anomaly badFilter(String hint, BadHintException bad, long segmentId) {
        return new Anomaly(
                Severity.ADVICE_LOST,
                hint,
                bad.offset(),
                bad.expected(),
                bad.actual(),
                "an open does not need the filter; merges keep tombstones that they could drop with it",
                "run 'stave hint rebuild STORE " + segmentId
                        + "'; if no crash of the machine explains it, check the disk");
    }

    /** A segment without a hint. */
    static Anomaly noHint(String hint, ListedSegment segment) {
        return new Anomaly(
                Severity.HARMLESS,
                hint,
                0,
                segment.isSealed()
                        ? "a hint beside each sealed segment"
                        : "no hint yet: the segment gets one when it is sealed",
                "no file",
                segment.isSealed() ? SCANS : "the next open reads the segment",
                segment.isSealed() ? "let it be, or run 'stave hint rebuild STORE " + segment.id() + "'" : "let it be");
    }

    /** Damage in a segment. */
    static Anomaly of(CorruptionException damage, boolean hintGood) {
        String open = hintGood
                ? "the next open does not notice, for it reads the hint; a read of a damaged key throws, and merges leave the"
                        + " segment alone"
                : "an open for writing refuses: nothing is changed before you decide";
        return new Anomaly(
                Severity.DATA_LOST,
                damage.file(),
                damage.offset(),
                damage.expected(),
                damage.actual(),
                open,
                "restore the file from a copy; or run 'stave repair STORE', which keeps all that verifies and names what is"
                        + " lost; and check the disk");
    }

    /** A tail that no certificate vouches for: what a crash leaves, or a write that is under way. */
    static Anomaly torn(String file, ScanResult result) {
        return new Anomaly(
                Severity.HARMLESS,
                file,
                result.end(),
                result.expected(),
                result.actual(),
                "if no process is writing here, the next open cuts it off: it was never acknowledged as durable",
                "let it be");
    }

    /** A segment that the MANIFEST lists and that is not there. */
    static Anomaly missing(ListedSegment segment) {
        return of(
                new CorruptionException(
                        SegmentNames.segment(segment.id()),
                        0,
                        "a segment" + (segment.isSealed() ? " of " + segment.length() + " bytes" : "")
                                + " that the MANIFEST lists",
                        "no file"),
                false);
    }

    /** A hint that is believed and does not say what its segment holds. */
    static Anomaly different(String hint, HintDiff.Result diff) {
        Difference first = diff.differences().get(0);
        return new Anomaly(
                Severity.ADVICE_LOST,
                hint,
                0,
                "at offset " + first.offset() + " of the segment, of key " + first.key() + ": " + first.segment(),
                first.hint() + (diff.differing() == 1 ? "" : ", and " + (diff.differing() - 1) + " other differences"),
                "none: the hint verifies, so it is believed",
                "run 'stave hint rebuild STORE " + diff.segment().id() + "' and report this: it is a bug");
    }

    /** A blob that is damaged or missing, the value of a key. */
    static Anomaly blob(CorruptionException damage, String key) {
        return new Anomaly(
                Severity.DATA_LOST,
                damage.file(),
                damage.offset(),
                damage.expected(),
                damage.actual(),
                "none: an open does not read it; a read of the key " + key + " throws",
                "put the file back from a copy while the store is closed, or put the value again; and check the disk");
    }

    /** The file KEYDIR, which the MANIFEST vouches for, and which an open does not use. */
    static Anomaly keydir(String reason) {
        return new Anomaly(
                Severity.ADVICE_LOST,
                Manifest.KEYDIR_FILE,
                0,
                "the keydir as the last close left it",
                reason,
                "the next open reads the hints instead: nothing is lost but time",
                "let it be; if nobody has touched the file, check the disk");
    }

    /** A keydir that is not what the records say. */
    static Anomaly keydir(Verification.Keydir keydir) {
        return new Anomaly(
                Severity.DATA_LOST,
                keydir.source().equals(Manifest.KEYDIR_FILE) ? Manifest.KEYDIR_FILE : "the hints together",
                0,
                "the newest record of each of " + keydir.expected() + " keys",
                keydir.keys() + " keys, and " + keydir.wrong() + " records placed wrongly",
                "none: each file verifies, so they are believed",
                "delete KEYDIR and all *.hint while the store is closed: the next open reads the segments. Report this: it"
                        + " is a bug");
    }

    /** A hint that an open has refused. */
    static Anomaly rejected(RecoveryReport.RejectedHint hint) {
        return new Anomaly(
                Severity.ADVICE_LOST,
                hint.fileName(),
                0,
                "a hint that verifies",
                hint.reason(),
                SCANS,
                "run 'stave hint verify STORE' to see where it is wrong, and 'stave hint rebuild STORE' to mend it");
    }

    /** Whether it makes a command exit as corruption does. */
    public boolean isCorruption() {
        return severity != Severity.HARMLESS;
    }
}
