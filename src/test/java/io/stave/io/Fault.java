package io.stave.io;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** A way for a call to fail: which calls it befalls, and what they have done by then. */
public final class Fault {

    /** The calls that can fail. */
    public enum Call {
        /** {@link StoreDirectory#list()} */
        LIST,
        /** {@link StoreDirectory#exists} */
        EXISTS,
        /** {@link StoreDirectory#create} */
        CREATE,
        /** {@link StoreDirectory#link} */
        LINK,
        /** {@link StoreDirectory#open} */
        OPEN,
        /** {@link StoreDirectory#truncate} */
        TRUNCATE,
        /** {@link StoreDirectory#rename} */
        RENAME,
        /** {@link StoreDirectory#delete} */
        DELETE,
        /** {@link StoreDirectory#forceNames()} */
        FORCE_NAMES,
        /** {@link StoreDirectory#tryLock} */
        LOCK,
        /** {@link StoreDirectory#usableBytes()} and {@link StoreDirectory#totalBytes()} */
        SPACE,
        /** {@link StoreDirectory#allocate} */
        ALLOCATE,
        /** {@link WritableFile#write} */
        WRITE,
        /** {@link WritableFile#extend} */
        EXTEND,
        /** {@link WritableFile#force()}, and that in {@link StoreDirectory#truncate} */
        FORCE,
        /** {@link ReadableFile#length()} */
        LENGTH,
        /** {@link ReadableFile#read} */
        READ,
        /** {@link ReadableFile#map} */
        MAP
    }

    private static final Set<Call> CHANGES = EnumSet.of(
            Call.CREATE,
            Call.LINK,
            Call.TRUNCATE,
            Call.RENAME,
            Call.DELETE,
            Call.FORCE_NAMES,
            Call.WRITE,
            Call.EXTEND,
            Call.FORCE);

    /** Any call fails and has done nothing; a force also loses for ever what it should have made durable. */
    public static final Fault EIO = new Fault("EIO", "Input/output error", EnumSet.allOf(Call.class), 0);

    /** Any call that changes something does it all, and fails nevertheless. */
    public static final Fault EIO_LATE = new Fault("EIO_LATE", "Input/output error", CHANGES, Integer.MAX_VALUE);

    /** The disk is full: nothing is created or extended; of a write half is done. */
    public static final Fault ENOSPC = new Fault(
            "ENOSPC",
            NoSpaceException.NO_SPACE,
            EnumSet.of(Call.CREATE, Call.LINK, Call.RENAME, Call.WRITE, Call.EXTEND, Call.LOCK, Call.ALLOCATE),
            -1);

    /** Half of a write is done, then it fails. */
    public static final Fault SHORT_WRITE = new Fault("SHORT_WRITE", "Input/output error", EnumSet.of(Call.WRITE), -1);

    private final String name;
    private final String reason;
    private final Set<Call> calls;

    /** How many bytes of a write are done; -1 for half of them, the greatest for all of any call. */
    private final int done;

    private Fault(String name, String reason, Set<Call> calls, int done) {
        this.name = name;
        this.reason = reason;
        this.calls = calls;
        this.done = done;
    }

    /** The first bytes of a write are done, then it fails. */
    public static Fault shortWrite(int bytes) {
        return new Fault("SHORT_WRITE(" + bytes + ")", SHORT_WRITE.reason, SHORT_WRITE.calls, bytes);
    }

    /** The same for some of its calls only. */
    public Fault on(Call... some) {
        EnumSet<Call> narrowed = EnumSet.copyOf(Arrays.asList(some));
        narrowed.retainAll(calls);
        if (narrowed.isEmpty()) {
            throw new IllegalArgumentException(name + " befalls none of " + Arrays.toString(some));
        }
        return new Fault(name, reason, narrowed, done);
    }

    boolean befalls(Call call) {
        return calls.contains(call);
    }

    boolean afterwards() {
        return done == Integer.MAX_VALUE;
    }

    boolean noSpace() {
        return reason.equals(NoSpaceException.NO_SPACE);
    }

    String reason() {
        return reason;
    }

    /** How many bytes of a write of this length are done. */
    int done(int length) {
        return done < 0 ? length / 2 : Math.min(done, length);
    }

    @Override
    public String toString() {
        return name + (calls.size() < 3 ? calls : "");
    }
}
