package io.stave.segment;

/**
 * A 64-bit digest of a segment: an order-dependent fold over the stored checksums of its records and certificates, in file order.
 *
 * <p>Each step is a bijection of the state and injective in the checksum, so that one changed, lost, added or moved record changes the
 * digest unless two changes cancel by chance, 1 in 2<sup>64</sup>. It costs two instructions a record, for the checksums are computed
 * anyway: the appender keeps it as it writes, the scanner as it reads, and they agree exactly if they saw the same records.
 */
public final class Digest {

    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private long state;

    /** Starts the digest of a segment without records. */
    public Digest(long segmentId) {
        this.state = step(segmentId, (int) (segmentId >>> 32));
    }

    private Digest(Digest other) {
        this.state = other.state;
    }

    /** Adds the next record or certificate: its checksum as it is stored, mask included. */
    public void add(int storedChecksum) {
        state = step(state, storedChecksum);
    }

    /** The digest of all that was added. */
    public long value() {
        return state;
    }

    /** Returns an independent digest in the same state. */
    public Digest copy() {
        return new Digest(this);
    }

    /** Takes over the state of another digest. */
    void set(Digest other) {
        state = other.state;
    }

    private static long step(long state, int checksum) {
        long z = (state ^ (checksum & 0xFFFFFFFFL)) * MULTIPLIER;
        return z ^ (z >>> 32);
    }
}
