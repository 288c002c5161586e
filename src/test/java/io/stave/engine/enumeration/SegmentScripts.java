package io.stave.engine.enumeration;

import io.stave.Durability;

/** Segments that begin, end, are sealed and get hints. */
final class SegmentScripts {

    private SegmentScripts() {}

    static void roll(Life life) {
        life.open();
        life.put(0, 1700);
        life.put(1, 1700);
        life.put(0, 1700);
        life.delete(1);
        life.put(2, 60);
        life.put(3, 3500);
        life.put(1, 1200);
    }

    static void rollUnforced(Life life) {
        life.open();
        life.promise(Durability.OS);
        life.put(0, 1200);
        life.put(1, 1200);
        life.delete(0);
        life.put(2, 2600);
        life.put(0, 900);
        life.put(3, 2600);
        life.promise(Durability.SYNC);
        life.put(1, 60);
    }

    /**
     * The sealer is held, so that segments pile up that are not sealed: the first is forced, the others are not. Then a write is forced with
     * all before it.
     */
    static void unsealed(Life life) {
        life.openWithSealerHeld();
        life.put(0, 1700);
        life.put(1, 1700);
        life.promise(Durability.OS);
        life.put(0, 1500);
        life.put(2, 300);
        life.delete(1);
        life.put(1, 2600);
        life.put(2, 1500);
        life.promise(Durability.SYNC);
        life.put(3, 20);
        life.put(4, 2000);
        life.promise(Durability.OS);
        life.put(5, 3000);
        life.put(6, 2200);
        life.put(7, 1800);
        life.delete(6);
        life.promise(Durability.SYNC);
        life.delete(0);
        life.put(0, 40);
    }

    static void closeAndOpen(Life life) {
        life.open();
        life.put(0, 60);
        life.put(1, 70);
        life.promise(Durability.OS);
        life.put(2, 80);
        life.delete(0);
        life.close();
        life.open();
        life.close();
        life.open();
        life.put(0, 40);
        life.put(1, 3200);
        life.put(3, 1500);
        life.close();
        life.open();
    }

    static void segmentIds(Life life) {
        life.open();
        life.put(0, 60);
        life.skipSegmentIds();
        life.put(1, 3200);
        life.put(2, 3200);
        life.put(3, 3200);
        life.put(1, 3200);
        life.merge();
    }
}
