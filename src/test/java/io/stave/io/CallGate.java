package io.stave.io;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What every call to a simulated directory passes: is it open, has it crashed, is this a call that shall fail? Guarded by it. */
final class CallGate {
    private final FaultPlan faults = new FaultPlan();
    private int deathAt = Integer.MAX_VALUE;
    private boolean dead;
    private boolean closed;

    FaultPlan faults() {
        return faults;
    }

    void close() {
        closed = true;
    }

    void die() {
        dead = true;
    }

    /** Crashes before the operation of this index. */
    void dieAt(int index) {
        deathAt = index;
    }

    boolean isDead() {
        return dead;
    }

    /** A call of the directory that changes nothing. */
    void call(Fault.Call call, String name) throws IOException {
        ensureOpen();
        fail(faults.next(call), name);
    }

    /** A call of the directory that changes something: fails now, or returns the fault to fail with afterwards. */
    @Nullable
    Fault change(int index, Fault.Call call, String name) throws IOException {
        ensureOpen();
        return changeOfOpenFile(index, call, name);
    }

    /** The same of a file, which may be open longer than the directory. */
    @Nullable
    Fault changeOfOpenFile(int index, Fault.Call call, String name) throws IOException {
        ensureAlive(index, name);
        Fault fault = faults.next(call);
        if (fault != null && !fault.afterwards()) {
            fail(fault, name);
        }
        return fault;
    }

    static void checkName(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.contains("/") || name.contains("\\")) {
            throw new IllegalArgumentException("not a plain file name: '" + name + "'");
        }
    }

    void ensureOpen() throws IOException {
        if (closed) {
            throw new IOException(SimulatedDirectory.PATH + ": the directory was closed");
        }
    }

    /** @param index of the operation that is about to be done */
    void ensureAlive(int index, String name) throws IOException {
        dead |= index >= deathAt;
        if (dead) {
            throw new IOException(SimulatedDirectory.PATH.resolve(name) + ": crashed");
        }
    }

    static void fail(@Nullable Fault fault, String name) throws IOException {
        if (fault == null) {
            return;
        }
        String file = SimulatedDirectory.PATH.resolve(name).toString();
        if (fault.noSpace()) {
            throw new NoSpaceException(file, fault.reason());
        }
        throw new IOException(file + ": " + fault.reason());
    }
}
