package io.stave.engine.enumeration;

import static io.stave.engine.enumeration.Changes.gone;

import io.stave.Durability;

/** Batches of all kinds. */
final class BatchScripts {

    private BatchScripts() {}

    static void small(Life life) {
        life.open();
        life.put(0, 60);
        life.batch(life.change(1, 60), life.change(2, 300), gone(0), life.change(3, 0));
        life.batch(gone(9), gone(1));
        life.batch(life.change(1, 60), life.change(1, 61), gone(1), life.change(1, 110), life.change(4, 90));
        life.batch(life.change(5, 40));
        life.batch(gone(2), life.change(0, 30), gone(0));
    }

    /** Longer than a segment, so that each gets one of its own. */
    static void ofTheirOwn(Life life) {
        life.open();
        life.put(1, 100);
        life.batch(life.change(1, 1500), life.change(2, 1500), life.change(3, 1500), life.change(5, 40));
        life.batch(life.change(1, 30), gone(2), life.change(5, 50));
        life.batch(life.change(2, 2200), gone(1), life.change(3, 2300), gone(5), life.change(6, 60));
    }

    static void unforced(Life life) {
        life.open();
        life.put(0, 60);
        life.promise(Durability.OS);
        life.batch(life.change(1, 50), life.change(2, 60), gone(0), life.change(3, 10));
        life.batch(gone(1), gone(2));
        life.put(5, 20);
        life.batch(life.change(5, 30), life.change(1, 900), life.change(5, 0), life.change(6, 700));
        life.put(1, 20);
        life.batch(life.change(6, 30), gone(5));
        life.batch(life.change(6, 35), life.change(0, 35), life.change(5, 35));
        life.promise(Durability.SYNC);
        life.batch(life.change(7, 30), gone(6));
    }

    /** Batches lie in segments that are merged one by one: each record goes its own way. */
    static void merged(Life life) {
        life.open();
        life.batch(life.change(0, 900), life.change(1, 900), life.change(2, 900));
        life.batch(life.change(3, 1400), gone(0), life.change(4, 1400));
        life.batch(life.change(1, 900), gone(3), life.change(5, 1400));
        life.merge();
        life.batch(life.change(0, 100), gone(5), life.change(4, 100));
        life.merge();
    }
}
