package io.stave.io;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A store directory in memory that can crash and fail: deterministic, quick, and as unkind as the contract of {@link
 * StoreDirectory} allows.
 *
 * <pre>{@code
 * SimulatedDirectory disk = new SimulatedDirectory();
 * ... use it ...
 * SimulatedDirectory after = disk.crash(CrashState.random(seed)); // the old one is dead, the new one holds what survived
 * }</pre>
 *
 * <p>Every change is an {@link Operation} of the {@link #log()}. {@link #crash} and {@link #afterCrash} decide about each of
 * the {@link #unsynced()} ones. {@link #dieAt} crashes at a chosen operation, {@link #replay()} walks through all of them,
 * {@link #failAt} and {@link #failFrom} let calls fail, {@link #capacity} fills the disk, {@link #leaks()} tells what was not
 * given back.
 *
 * <p>The lock of the object guards all of it, {@link SimulatedDisk} included.
 */
public final class SimulatedDirectory implements StoreDirectory {
    static final Path PATH = Path.of("simulated");

    private final SimulatedDisk disk;
    private final Map<String, FileBytes> start;
    private final CallGate gate = new CallGate();
    private final Set<String> locks = new HashSet<>();
    private final Set<Object> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private long mostMemory;
    private long capacity = 1L << 40;
    private boolean links = true;

    /** An empty directory. */
    public SimulatedDirectory() {
        this(Map.of());
    }

    SimulatedDirectory(Map<String, FileBytes> files) {
        this.disk = new SimulatedDisk(files);
        this.start = new TreeMap<>();
        files.forEach((name, bytes) -> start.put(name, bytes.copy()));
    }

    // ---- the simulation
    // --------------------------------------------------------------------------------------------------

    /** Everything that changed something, in order; an operation's index is its place here. */
    public synchronized List<Operation> log() {
        return List.copyOf(disk.log());
    }

    /** How long the log is: the index of the next operation. */
    public synchronized int operations() {
        return disk.log().size();
    }

    /** The operations that a crash decides about now, in order. */
    public synchronized List<Operation> unsynced() {
        return List.copyOf(disk.unsynced());
    }

    /** Crashes: what survives is in the new directory. Here every change fails from now on; reading and mappings work. */
    public synchronized SimulatedDirectory crash(CrashState state) {
        gate.die();
        return afterCrash(state);
    }

    /** What a crash at this moment would leave, without one. */
    public synchronized SimulatedDirectory afterCrash(CrashState state) {
        SimulatedDirectory after = new SimulatedDirectory(disk.after(state));
        after.capacity = capacity;
        return after;
    }

    /** Crashes before the operation of this index is done; its caller and all later ones get an exception. */
    public synchronized void dieAt(int index) {
        gate.dieAt(index);
    }

    /** True once it crashed. */
    public synchronized boolean isDead() {
        return gate.isDead();
    }

    /** Keeps the history for {@link #replay()}; to be asked for before the first operation. */
    public synchronized SimulatedDirectory keepHistory() {
        if (!disk.log().isEmpty()) {
            throw new IllegalStateException(
                    "the history has begun: " + disk.log().size() + " operations");
        }
        disk.keepHistory();
        return this;
    }

    /** A walk through the history up to now, from the beginning. */
    public synchronized Replay replay() {
        if (!disk.keepsHistory()) {
            throw new IllegalStateException("keepHistory() was not called");
        }
        return new Replay(start, log(), capacity);
    }

    /** Lets one call fail: the nth from now, from 1, of those the fault befalls. */
    public synchronized void failAt(long n, Fault fault) {
        gate.faults().add(n, fault, false);
    }

    /** Lets calls fail for good: from the nth from now on, all that the fault befalls. */
    public synchronized void failFrom(long n, Fault fault) {
        gate.faults().add(n, fault, true);
    }

    /** No call fails any more. */
    public synchronized void heal() {
        gate.faults().clear();
    }

    /** How many calls failed by a fault so far. */
    public synchronized long failures() {
        return gate.faults().fired();
    }

    /** How many calls that could fail were made so far. */
    public synchronized long calls() {
        return gate.faults().calls();
    }

    /** Makes the disk so large, in bytes. */
    public synchronized void capacity(long bytes) {
        capacity = bytes;
    }

    /** The bytes that the disk has left. */
    public synchronized long free() {
        return Math.max(0, capacity - disk.written());
    }

    /** Somebody else takes all that the disk has left. */
    public synchronized void takeWhatIsFree() {
        capacity = disk.written();
    }

    /** Shares no file with another directory from now on, as if it lay on another file system. */
    public synchronized void refuseLinks() {
        links = false;
    }

    /** What programs see now: the content of a file. */
    public synchronized byte[] content(String name) throws IOException {
        return node(name).seen.toArray();
    }

    /** Puts content into a file, or a new one, durable at once and in no log. */
    public synchronized void damage(String name, byte[] content) {
        if (disk.keepsHistory()) {
            throw new IllegalStateException("damage is not part of a history");
        }
        disk.damage(name, content);
    }

    /** The files, mappings, memory and locks that were not closed or released. */
    public synchronized List<String> leaks() {
        List<String> all = new ArrayList<>();
        locks.forEach(name -> all.add(name + ", locked"));
        open.forEach(o -> all.add(o.toString()));
        Collections.sort(all);
        return all;
    }

    /** The most bytes outside the heap that were held at a time. */
    public synchronized long mostMemory() {
        return mostMemory;
    }

    // ---- the contract
    // ----------------------------------------------------------------------------------------------------

    @Override
    public Path path() {
        return PATH;
    }

    @Override
    public synchronized List<String> list() throws IOException {
        gate.call(Fault.Call.LIST, "");
        return List.copyOf(disk.names());
    }

    @Override
    public synchronized boolean exists(String name) throws IOException {
        CallGate.checkName(name);
        gate.call(Fault.Call.EXISTS, name);
        return disk.find(name) != null;
    }

    @Override
    public synchronized WritableFile create(String name) throws IOException {
        CallGate.checkName(name);
        Fault late = gate.change(nextIndex(), Fault.Call.CREATE, name);
        if (disk.find(name) != null) {
            throw new FileAlreadyExistsException(name);
        }
        int number = disk.nextNode();
        disk.apply(Operation.ofName(nextIndex(), Operation.Kind.CREATE, number, name, ""));
        CallGate.fail(late, name);
        return began(new SimulatedWritableFile(this, node(name), name));
    }

    @Override
    public synchronized WritableFile reopen(String name) throws IOException {
        CallGate.checkName(name);
        gate.call(Fault.Call.OPEN, name);
        return began(new SimulatedWritableFile(this, node(name), name));
    }

    /** Here the file is another one with the same bytes, which are durable: for files that nobody changes any more that is the same. */
    @Override
    public boolean link(StoreDirectory source, String name) throws IOException {
        if (!(source instanceof SimulatedDirectory)) {
            return false;
        }
        byte[] content = ((SimulatedDirectory) source).durableContent(name);
        synchronized (this) {
            CallGate.checkName(name);
            Fault late = gate.change(nextIndex(), Fault.Call.LINK, name);
            if (!links) {
                return false;
            }
            if (disk.find(name) != null) {
                throw new FileAlreadyExistsException(name);
            }
            int number = disk.nextNode();
            disk.apply(Operation.ofName(nextIndex(), Operation.Kind.CREATE, number, name, ""));
            disk.apply(Operation.write(nextIndex(), number, name, 0, content));
            disk.apply(Operation.force(nextIndex(), Operation.Kind.FORCE, number, name, false));
            CallGate.fail(late, name);
            return true;
        }
    }

    private synchronized byte[] durableContent(String name) throws IOException {
        SimulatedDisk.Node node = node(name);
        byte[] content = node.seen.toArray();
        if (!Arrays.equals(content, node.durable.toArray())) {
            throw new IllegalStateException(name + " was not forced, and is to be linked");
        }
        return content;
    }

    @Override
    public synchronized ReadableFile open(String name) throws IOException {
        CallGate.checkName(name);
        gate.call(Fault.Call.OPEN, name);
        return began(new SimulatedReadableFile(this, node(name), name));
    }

    @Override
    public synchronized void truncate(String name, long length) throws IOException {
        CallGate.checkName(name);
        Fault late = gate.change(nextIndex(), Fault.Call.TRUNCATE, name);
        SimulatedDisk.Node node = node(name);
        int present = node.seen.length();
        if (length > present) {
            throw new IOException(name + ": is " + present + " bytes long, cannot be truncated to " + length);
        }
        for (SimulatedMapping mapping : node.mappings) {
            if (mapping.length() > length) {
                throw new IllegalStateException("truncating " + name + " to " + length + " under a " + mapping);
            }
        }
        disk.apply(Operation.ofLength(nextIndex(), Operation.Kind.TRUNCATE, node.number, name, (int) length));
        CallGate.fail(late, name);
        force(node, name);
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        CallGate.checkName(from);
        CallGate.checkName(to);
        Fault late = gate.change(nextIndex(), Fault.Call.RENAME, from);
        disk.apply(Operation.ofName(nextIndex(), Operation.Kind.RENAME, node(from).number, from, to));
        CallGate.fail(late, from);
    }

    @Override
    public synchronized boolean delete(String name) throws IOException {
        CallGate.checkName(name);
        Fault late = gate.change(nextIndex(), Fault.Call.DELETE, name);
        SimulatedDisk.Node node = disk.find(name);
        if (node != null) {
            disk.apply(Operation.ofName(nextIndex(), Operation.Kind.DELETE, node.number, name, ""));
        }
        CallGate.fail(late, name);
        return node != null;
    }

    @Override
    public synchronized void forceNames() throws IOException {
        gate.ensureOpen();
        force(Fault.Call.FORCE_NAMES, Operation.Kind.FORCE_NAMES, -1, "");
    }

    @Override
    public synchronized @Nullable Closeable tryLock(String name) throws IOException {
        CallGate.checkName(name);
        CallGate.fail(gate.change(nextIndex(), Fault.Call.LOCK, name), name);
        if (locks.contains(name)) {
            return null;
        }
        if (disk.find(name) == null) {
            disk.apply(Operation.ofName(nextIndex(), Operation.Kind.CREATE, disk.nextNode(), name, ""));
        }
        locks.add(name);
        return new SimulatedLock(this, name);
    }

    @Override
    public synchronized long usableBytes() throws IOException {
        gate.call(Fault.Call.SPACE, "");
        return free();
    }

    @Override
    public synchronized long totalBytes() throws IOException {
        gate.call(Fault.Call.SPACE, "");
        return capacity;
    }

    @Override
    public synchronized Mapping allocate(long bytes) {
        if (bytes < 1 || bytes > MAX_MAPPING) {
            throw new IllegalArgumentException("can allocate 1 to " + MAX_MAPPING + " bytes, not " + bytes);
        }
        try {
            gate.call(Fault.Call.ALLOCATE, "memory of " + bytes + " bytes");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SimulatedMemory memory = began(new SimulatedMemory(this, (int) bytes));
        long held = open.stream()
                .mapToLong(o -> o instanceof SimulatedMemory each ? each.length() : 0)
                .sum();
        mostMemory = Math.max(mostMemory, held);
        return memory;
    }

    @Override
    public synchronized void close() {
        gate.close();
    }

    // ---- for its files; all of it to be called with the directory locked
    // -------------------------------------------------

    /** Writes, as far as the disk and the faults allow. */
    void write(SimulatedDisk.Node node, String name, int position, byte[] bytes) throws IOException {
        gate.ensureAlive(nextIndex(), name);
        Fault fault = gate.faults().next(Fault.Call.WRITE);
        int done = fault == null ? bytes.length : fault.done(bytes.length);
        long growth = Math.max(0, (long) position + done - node.seen.written());
        long room = free();
        if (growth > room) {
            fault = Fault.ENOSPC;
            done = (int) Math.max(0, done - (growth - room));
        }
        if (done > 0) {
            byte[] part = done == bytes.length ? bytes : Arrays.copyOf(bytes, done);
            disk.apply(Operation.write(nextIndex(), node.number, name, position, part));
        }
        CallGate.fail(fault, name);
    }

    void extend(SimulatedDisk.Node node, String name, int length) throws IOException {
        Fault late = gate.changeOfOpenFile(nextIndex(), Fault.Call.EXTEND, name);
        if (length > node.seen.length()) {
            disk.apply(Operation.ofLength(nextIndex(), Operation.Kind.EXTEND, node.number, name, length));
        }
        CallGate.fail(late, name);
    }

    void force(SimulatedDisk.Node node, String name) throws IOException {
        force(Fault.Call.FORCE, Operation.Kind.FORCE, node.number, name);
    }

    /** A force that fails loses what it was for, unless it fails late: and it is always the same exception. */
    private void force(Fault.Call call, Operation.Kind kind, int file, String name) throws IOException {
        try {
            gate.ensureAlive(nextIndex(), name);
            Fault fault = gate.faults().next(call);
            boolean lost = fault != null && !fault.afterwards();
            disk.apply(Operation.force(nextIndex(), kind, file, name, lost));
            CallGate.fail(fault, name);
        } catch (IOException e) {
            throw new ForceFailedException(PATH.resolve(name).toString(), e);
        }
    }

    Mapping map(SimulatedDisk.Node node, String name, long length) throws IOException {
        if (length < 0 || length > MAX_MAPPING) {
            throw new IllegalArgumentException(name + ": can map 0 to " + MAX_MAPPING + " bytes, not " + length);
        }
        CallGate.fail(gate.faults().next(Fault.Call.MAP), name);
        if (length > node.seen.length()) {
            throw new EOFException(name + ": is " + node.seen.length() + " bytes long, cannot map " + length);
        }
        if (disk.find(name) != node) {
            throw new NoSuchFileException(name, null, "another file has got this name since it was opened");
        }
        return began(new SimulatedMapping(this, node, name, (int) length));
    }

    /** A read of a file that is open. */
    void checkRead(Fault.Call call, String name) throws IOException {
        CallGate.fail(gate.faults().next(call), name);
    }

    <T> T began(T use) {
        open.add(use);
        return use;
    }

    void unlocked(String name) {
        locks.remove(name);
    }

    void ended(Object use) {
        open.remove(use);
    }

    private SimulatedDisk.Node node(String name) throws NoSuchFileException {
        SimulatedDisk.Node node = disk.find(name);
        if (node == null) {
            throw new NoSuchFileException(name);
        }
        return node;
    }

    private int nextIndex() {
        return disk.log().size();
    }
}
