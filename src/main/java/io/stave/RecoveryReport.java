package io.stave;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What opening the store found and did. All figures are of that one open and never change afterwards.
 *
 * @param duration time from the call of {@code open} to its return
 * @param created whether there was no store and a new one was made
 * @param clean whether the store had been closed properly, so that nothing had to be recovered; true for a new one
 * @param segments segments in the store when it was opened
 * @param keydirRestored whether the keydir was used that the last {@link Stave#close} had left behind, so that no hint was read
 * @param keydirRejected why that one could not be used though it ought to be there, so that hints were read instead; null if it was used, or there
 *     was none to be
 * @param segmentsFromHints segments whose keys were read from their hint
 * @param segmentsScanned segments whose keys were read from the segment itself, for want of a good hint
 * @param segmentsSealed segments that were not sealed when the last process ended, and are now
 * @param bytesScanned bytes of segments that were read
 * @param recordsRecovered records that are the newest of their key and not a tombstone: the keys of the store, with those that have expired
 * @param hintsRejected hints that were missing or could not be used, so that their segments were scanned; none where the keydir was restored, which
 *     needs no hint
 * @param cuts torn tails that were cut off
 * @param droppedSegments file names of unsealed segments dropped as a whole, for an earlier one was torn
 * @param strayFilesDeleted names of files that belonged to no live segment, as an unfinished merge leaves them
 * @since 0.1
 */
public record RecoveryReport(
        Duration duration,
        boolean created,
        boolean clean,
        int segments,
        boolean keydirRestored,
        @Nullable String keydirRejected,
        int segmentsFromHints,
        int segmentsScanned,
        int segmentsSealed,
        long bytesScanned,
        long recordsRecovered,
        List<RejectedHint> hintsRejected,
        List<Cut> cuts,
        List<String> droppedSegments,
        List<String> strayFilesDeleted) {

    /** Copies the lists. */
    public RecoveryReport {
        Objects.requireNonNull(duration, "duration");
        hintsRejected = List.copyOf(hintsRejected);
        cuts = List.copyOf(cuts);
        droppedSegments = List.copyOf(droppedSegments);
        strayFilesDeleted = List.copyOf(strayFilesDeleted);
    }

    /**
     * A hint that could not be used. Hints are advice: the segment was scanned instead, and nothing is lost.
     *
     * @param fileName name of the hint
     * @param reason what is wrong with it
     * @since 0.1
     */
    public record RejectedHint(String fileName, String reason) {
        /** Rejects null. */
        public RejectedHint {
            Objects.requireNonNull(fileName, "fileName");
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * The tail of a segment that was cut off, because it was not known to be durable and does not verify (I4). It held
     * no write that {@link Durability#SYNC} had acknowledged, unless the disk itself damaged the last group of writes.
     *
     * @param fileName name of the segment
     * @param offset length of the segment after the cut, in bytes
     * @param bytesDropped bytes behind it, without the zeros that the file was extended with
     * @param reason what ended the readable part
     * @since 0.1
     */
    public record Cut(String fileName, long offset, long bytesDropped, String reason) {
        /** Rejects null. */
        public Cut {
            Objects.requireNonNull(fileName, "fileName");
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * Tells the story to a human: one line, and one more for each thing out of the ordinary.
     *
     * @return lines separated by {@code \n}, without one at the end
     */
    public String describe() {
        if (created) {
            return "Created a new store in " + duration.toMillis() + " ms";
        }
        StringBuilder text = new StringBuilder((clean ? "Opened" : "Recovered after a crash") + ": "
                + counted(recordsRecovered, "key") + " in " + counted(segments, "segment") + " (" + source() + ") in "
                + duration.toMillis() + " ms");
        if (keydirRejected != null) {
            line(text, "did not use KEYDIR: " + keydirRejected);
        }
        if (segmentsSealed > 0) {
            line(text, "sealed " + counted(segmentsSealed, "segment") + " that the last process left open");
        }
        for (Cut cut : cuts) {
            line(
                    text,
                    "cut " + cut.fileName + " at offset " + cut.offset + ", dropping "
                            + counted(cut.bytesDropped, "byte") + ": " + cut.reason);
        }
        droppedSegments.forEach(name -> line(text, "dropped " + name + ", which follows a cut"));
        hintsRejected.forEach(hint -> line(text, "did not use " + hint.fileName + ": " + hint.reason));
        strayFilesDeleted.forEach(name -> line(text, "deleted stray file " + name));
        return text.toString();
    }

    private String source() {
        return keydirRestored
                ? "the keydir as it was closed"
                : segmentsFromHints + " from hints, " + segmentsScanned + " scanned, " + counted(bytesScanned, "byte");
    }

    private static void line(StringBuilder text, String line) {
        text.append("\n  ").append(line);
    }

    private static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
