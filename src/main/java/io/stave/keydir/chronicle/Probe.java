package io.stave.keydir.chronicle;

import io.stave.keydir.Key;

/** What a thread needs to ask a map, kept for it, so that to ask allocates nothing. */
final class Probe {

    private static final ThreadLocal<Probe> OWN = ThreadLocal.withInitial(Probe::new);

    final MapKey key = new MapKey();
    final Place place = new Place();

    private Probe() {}

    /** The calling thread's, for a key, until it asks for another. */
    static Probe of(Key key) {
        Probe probe = OWN.get();
        probe.key.set(key);
        return probe;
    }
}
