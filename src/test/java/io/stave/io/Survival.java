package io.stave.io;

import java.util.SplittableRandom;
import java.util.function.IntPredicate;

/** How much of one operation is there after a crash. */
public final class Survival {

    /** The unit a disk writes as a whole. */
    public static final int SECTOR = 512;

    private enum Kind {
        DROPPED,
        WHOLE,
        FIRST,
        SECTORS,
        SECTORS_WITHIN,
        GARBAGE
    }

    private static final Survival DROPPED = new Survival(Kind.DROPPED, 0, s -> false);
    private static final Survival WHOLE = new Survival(Kind.WHOLE, 0, s -> true);

    private final Kind kind;
    private final long number;
    private final IntPredicate sectors;

    private Survival(Kind kind, long number, IntPredicate sectors) {
        this.kind = kind;
        this.number = number;
        this.sectors = sectors;
    }

    /** It never happened. */
    public static Survival dropped() {
        return DROPPED;
    }

    /** It happened. */
    public static Survival whole() {
        return WHOLE;
    }

    /** Of a write, its first bytes only: the file is no longer than that because of it. Other operations: dropped. */
    public static Survival first(int bytes) {
        return new Survival(Kind.FIRST, bytes, s -> true);
    }

    /**
     * Of a write, the file is as long as it made it, but of its bytes only those in some sectors are there; the others are
     * what they were before, zeros where the file was shorter. Other operations: whole.
     *
     * @param sectors asked with numbers of sectors of the file
     */
    public static Survival sectors(IntPredicate sectors) {
        return new Survival(Kind.SECTORS, 0, sectors);
    }

    /**
     * Like {@link #sectors}, but the file is no longer because of this write: what lies beyond its end is cut off.
     *
     * @param sectors asked with numbers of sectors of the file
     */
    public static Survival sectorsWithin(IntPredicate sectors) {
        return new Survival(Kind.SECTORS_WITHIN, 0, sectors);
    }

    /** Of a write, the length without the bytes. Other operations: whole. */
    public static Survival lengthOnly() {
        return sectors(s -> false);
    }

    /** Of a write, the length, with random bytes in place of its own. Other operations: whole. */
    public static Survival garbage(long seed) {
        return garbage(seed, sector -> true);
    }

    /**
     * Of a write, all, but for random bytes in some sectors in place of its own. Other operations: whole.
     *
     * @param sectors asked with numbers of sectors of the file
     */
    public static Survival garbage(long seed, IntPredicate sectors) {
        return new Survival(Kind.GARBAGE, seed, sectors);
    }

    /** Whether a name operation happened: names are not torn. */
    boolean keepsName() {
        return kind != Kind.DROPPED && kind != Kind.FIRST;
    }

    /** Does to the bytes what survived of an operation. */
    void apply(Operation operation, FileBytes target) {
        if (kind == Kind.DROPPED) {
            return;
        }
        switch (operation.kind()) {
            case WRITE -> write(operation, target);
            case EXTEND -> {
                if (kind != Kind.FIRST) {
                    target.extend(operation.length());
                }
            }
            case TRUNCATE -> {
                if (kind != Kind.FIRST) {
                    target.truncate(operation.length());
                }
            }
            default -> throw new IllegalArgumentException("not about bytes: " + operation);
        }
    }

    private void write(Operation operation, FileBytes target) {
        byte[] bytes = operation.bytes();
        int position = operation.position();
        switch (kind) {
            case WHOLE -> target.write(bytes, 0, bytes.length, position);
            case FIRST -> target.write(bytes, 0, (int) Math.min(number, bytes.length), position);
            case GARBAGE -> {
                byte[] garbage = new byte[bytes.length];
                new SplittableRandom(number ^ operation.index()).nextBytes(garbage);
                target.write(bytes, 0, bytes.length, position);
                writeSectors(garbage, position, target);
            }
            case SECTORS -> {
                target.extend(position + bytes.length);
                writeSectors(bytes, position, target);
            }
            case SECTORS_WITHIN -> writeSectors(bytes, position, target);
            case DROPPED -> {
                // Nothing is left of it.
            }
        }
    }

    private void writeSectors(byte[] bytes, int position, FileBytes target) {
        int end = Math.min(position + bytes.length, target.length());
        for (int at = position; at < end; ) {
            int sector = at / SECTOR;
            int next = Math.min(end, (sector + 1) * SECTOR);
            if (sectors.test(sector)) {
                target.write(bytes, at - position, next - at, at);
            }
            at = next;
        }
    }

    @Override
    public String toString() {
        return kind + (kind == Kind.FIRST || kind == Kind.GARBAGE ? "(" + number + ")" : "");
    }
}
