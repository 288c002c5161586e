package io.stave.keydir.chronicle;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Consumer;

/** Makes maps and frees them when {@code retire} says that no reader is left. */
final class Maps {

    private final Consumer<Runnable> retire;

    // Guarded by this.
    private final Set<HeldMap> open = Collections.newSetFromMap(new IdentityHashMap<>());

    Maps(Consumer<Runnable> retire) {
        this.retire = retire;
    }

    HeldMap make(Plan plan) {
        HeldMap map = allocate(plan);
        synchronized (this) {
            open.add(map);
        }
        return map;
    }

    private static HeldMap allocate(Plan plan) {
        try {
            return new HeldMap(plan);
        } catch (OutOfMemoryError e) {
            OutOfMemoryError named = new OutOfMemoryError("no memory outside the heap for a map of " + plan.entries()
                    + " keys of " + Math.round(plan.averageKey()) + " bytes (" + e.getMessage() + ")");
            named.initCause(e);
            throw named;
        }
    }

    /** Takes back one that readers may still be in. */
    void retire(HeldMap map) {
        retire.accept(() -> free(map));
    }

    /** Frees one that nobody is in. */
    void free(HeldMap map) {
        synchronized (this) {
            if (!open.remove(map)) {
                return;
            }
        }
        map.close();
    }

    /** Frees all that are left; nobody may be in one. */
    void close() {
        Set<HeldMap> left = Collections.newSetFromMap(new IdentityHashMap<>());
        synchronized (this) {
            left.addAll(open);
            open.clear();
        }
        left.forEach(HeldMap::close);
    }
}
