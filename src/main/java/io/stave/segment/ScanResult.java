package io.stave.segment;

/**
 * What a walk over a segment found; with it recovery tells torn from corrupt (I4).
 *
 * @param end the offset after the last record or certificate that belongs to the log: complete batches only, trailing certificates included
 * @param stoppedAt the offset that could not be passed; differs from {@code end} if a batch was open there
 * @param digest the {@link Digest} over the records and certificates in [header, {@code end})
 * @param minSequence the smallest sequence below {@code end}, or {@link Long#MAX_VALUE} if there is no record
 * @param maxSequence the largest sequence below {@code end}, or 0 if there is no record
 * @param records how many records lie below {@code end}; certificates do not count
 * @param certified the largest offset that a certificate below {@code end} vouches for, or 0
 * @param stop why the walk ended
 * @param storedChecksum the checksum found at {@code stoppedAt} if one was compared, mask included; else 0
 * @param computedChecksum what it should have been; equal to the stored one if none was compared
 * @param reason what was found at {@code stoppedAt}, in words
 */
public record ScanResult(
        long end,
        long stoppedAt,
        long digest,
        long minSequence,
        long maxSequence,
        long records,
        long certified,
        Stop stop,
        int storedChecksum,
        int computedChecksum,
        String reason) {

    /** Why a walk ended. */
    public enum Stop {
        /** The log reaches the limit exactly. */
        LIMIT,
        /** Behind the last record the file ends, or holds zeros up to the limit: a legal tail. */
        ZEROS,
        /** Something that is not a record, and not zeros to the limit: a tear or corruption, which certificates tell apart. */
        DAMAGE,
        /** A record that verifies, with a sequence not above the one before: left over from an earlier life. */
        STALE,
        /** As {@link #LIMIT} or {@link #ZEROS}, but the last batch is not complete. */
        UNFINISHED_BATCH
    }

    /** Whether the log ends as a whole one may: at the limit or in zeros. */
    public boolean clean() {
        return stop == Stop.LIMIT || stop == Stop.ZEROS;
    }

    /** What should have been at {@link #stoppedAt()}, in the words of an exception. */
    public String expected() {
        return storedChecksum != computedChecksum
                ? String.format("a record with checksum %08x", storedChecksum)
                : "the next record, or the end of the log";
    }

    /** What was there, in the words of an exception. */
    public String actual() {
        return storedChecksum != computedChecksum
                ? String.format("bytes whose checksum is %08x", computedChecksum)
                : reason;
    }
}
