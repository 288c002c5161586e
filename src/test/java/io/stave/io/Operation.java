package io.stave.io;

import org.jspecify.annotations.Nullable;

/** One thing done to a {@link SimulatedDirectory} that a crash may take back, or that forbids it to. Ordered by its index. */
public final class Operation {

    /** What was done. */
    public enum Kind {
        /** A name was given to a new, empty file. */
        CREATE,
        /** Bytes were written. */
        WRITE,
        /** A file was made longer. */
        EXTEND,
        /** A file was made shorter. */
        TRUNCATE,
        /** A file was forced. */
        FORCE,
        /** A file got another name, perhaps that of another file. */
        RENAME,
        /** A name was taken away. */
        DELETE,
        /** The directory was forced. */
        FORCE_NAMES;

        /** True for what {@link #FORCE_NAMES} makes durable. */
        public boolean ofNames() {
            return this == CREATE || this == RENAME || this == DELETE;
        }

        /** True for what {@link #FORCE} makes durable. */
        public boolean ofBytes() {
            return this == WRITE || this == EXTEND || this == TRUNCATE;
        }
    }

    private final int index;
    private final Kind kind;
    private final int file;
    private final String name;
    private final String target;
    private final int position;
    private final int length;
    private final boolean lost;
    private byte @Nullable [] bytes;

    private Operation(
            int index,
            Kind kind,
            int file,
            String name,
            String target,
            int position,
            int length,
            boolean lost,
            byte @Nullable [] bytes) {
        this.index = index;
        this.kind = kind;
        this.file = file;
        this.name = name;
        this.target = target;
        this.position = position;
        this.length = length;
        this.lost = lost;
        this.bytes = bytes;
    }

    static Operation ofName(int index, Kind kind, int file, String name, String target) {
        return new Operation(index, kind, file, name, target, 0, 0, false, null);
    }

    static Operation ofLength(int index, Kind kind, int file, String name, int length) {
        return new Operation(index, kind, file, name, "", 0, length, false, null);
    }

    static Operation write(int index, int file, String name, int position, byte[] bytes) {
        return new Operation(index, Kind.WRITE, file, name, "", position, bytes.length, false, bytes);
    }

    /** @param lost the force failed: what it should have made durable never will be */
    static Operation force(int index, Kind kind, int file, String name, boolean lost) {
        return new Operation(index, kind, file, name, "", 0, 0, lost, null);
    }

    /** Its place in the log, from 0. */
    public int index() {
        return index;
    }

    /** What was done. */
    public Kind kind() {
        return kind;
    }

    /** The number of the file, which it keeps when it is renamed. */
    public int file() {
        return file;
    }

    /** The name of the file when it was opened, or the first name of a rename. */
    public String name() {
        return name;
    }

    /** The second name of a rename. */
    public String target() {
        return target;
    }

    /** Where a write began, in bytes. */
    public int position() {
        return position;
    }

    /** How many bytes a write wrote; the length that an extension or a truncation asked for. */
    public int length() {
        return length;
    }

    /** True for a force that failed. */
    public boolean lost() {
        return lost;
    }

    /** What a write wrote, copied. */
    public byte[] written() {
        return bytes().clone();
    }

    /** What a write wrote. */
    byte[] bytes() {
        byte[] written = bytes;
        if (written == null) {
            throw new IllegalStateException("forced long ago and no history is kept: " + this);
        }
        return written;
    }

    /** Durable now, so nobody asks for the bytes again. */
    void forgetBytes() {
        bytes = null;
    }

    @Override
    public String toString() {
        String what = "#" + index + " " + kind + " " + name;
        return switch (kind) {
            case RENAME -> what + " -> " + target;
            case WRITE -> what + " [" + position + ", " + (position + length) + ")";
            case EXTEND, TRUNCATE -> what + " to " + length;
            case FORCE, FORCE_NAMES -> lost ? what + " (failed)" : what;
            case CREATE, DELETE -> what;
        };
    }
}
