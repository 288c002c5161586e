package io.stave.engine.enumeration;

import io.stave.Durability;

/** Values that lie in blobs, written at once and in uploads. */
final class BlobScripts {

    /** Longer than what lies in a segment: two chunks. */
    private static final int LARGE = 4300;

    private BlobScripts() {}

    static void written(Life life) {
        life.open();
        life.put(0, 40);
        life.put(0, LARGE);
        life.put(1, LARGE);
        life.put(0, LARGE + 700);
        life.put(0, 30);
        life.compareAndSet(1, LARGE, false);
        life.setExpiry(1, 1000);
        life.close();
        life.open();
        life.delete(1);
    }

    /** What makes a blob superfluous is not forced of itself. */
    static void unforced(Life life) {
        life.open();
        life.put(0, LARGE);
        life.promise(Durability.OS);
        life.put(1, 50);
        life.put(0, 60);
        life.delete(0);
        life.put(1, LARGE);
        life.setExpiry(1, 500);
        life.advance(500);
        life.sweep();
        life.put(2, 40);
    }

    static void uploaded(Life life) {
        life.open();
        life.put(0, 40);
        life.upload(0, LARGE);
        life.upload(1, 300);
        life.delete(0);
        life.promise(Durability.OS);
        life.upload(1, LARGE);
        life.close();
        life.open();
    }

    static void merged(Life life) {
        life.open();
        life.put(0, LARGE);
        for (int i = 0; i < 5; i++) {
            life.put(2, 1700);
        }
        life.put(1, LARGE, 800);
        life.snapshot();
        life.put(0, LARGE);
        life.advance(800);
        life.merge();
        life.closeSnapshots();
        life.delete(0);
    }
}
