package io.stave.io;

import java.util.List;
import java.util.Map;

/**
 * A walk through the history of a directory, one operation at a time: at each point it can crash in any way. The walk does
 * not disturb the directory it is taken from.
 *
 * <pre>{@code
 * for (Replay replay = recorded.replay(); ; replay.step()) {
 *     SimulatedDirectory after = replay.afterCrash(state); // the operations before replay.point() were done
 *     ...
 *     if (!replay.hasNext()) break;
 * }
 * }</pre>
 */
public final class Replay {
    private final List<Operation> history;
    private final SimulatedDisk disk;
    private final long capacity;

    /** On a disk that is so large throughout. */
    Replay(Map<String, FileBytes> start, List<Operation> history, long capacity) {
        this.capacity = capacity;
        this.history = history;
        this.disk = new SimulatedDisk(start);
        disk.keepHistory(); // the operations belong to the directory: their bytes must stay
    }

    /** How many operations were done: the index of the next one. */
    public int point() {
        return disk.log().size();
    }

    /** Is there an operation to come? */
    public boolean hasNext() {
        return point() < history.size();
    }

    /** The operation to come. */
    public Operation next() {
        return history.get(point());
    }

    /** Does the next operation. */
    public void step() {
        disk.apply(next());
    }

    /** Does operations until so many are done. */
    public void to(int point) {
        while (point() < point) {
            step();
        }
    }

    /** What a crash decides about here, in order. */
    public List<Operation> unsynced() {
        return List.copyOf(disk.unsynced());
    }

    /** What a crash here leaves. */
    public SimulatedDirectory afterCrash(CrashState state) {
        SimulatedDirectory after = new SimulatedDirectory(disk.after(state));
        after.capacity(capacity);
        return after;
    }
}
