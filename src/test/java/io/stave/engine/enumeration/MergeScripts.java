package io.stave.engine.enumeration;

import io.stave.Durability;

/**
 * Merges of all kinds. Segments are numbered from 1, outputs go on where the others have ended. Whatever the seed draws, two values of about
 * 1,700 bytes fill a segment, so do three of 1,150, and so does one of 3,200, which leaves room for some tombstones.
 */
final class MergeScripts {

    /** A disk of so many bytes is full soon. */
    private static final long FULL = 32 << 10;

    private MergeScripts() {}

    /** Three segments and the active one, with dead records in each and tombstones for records in others. */
    private static void live(Life life) {
        life.open();
        life.put(0, 900);
        life.put(1, 900);
        life.put(2, 900);
        life.put(3, 900);
        life.delete(0);
        life.put(1, 900);
        life.put(4, 900);
        life.delete(3);
        life.put(5, 1700);
        life.put(2, 900);
        life.delete(4);
        life.put(6, 900);
        life.put(0, 60);
    }

    static void all(Life life) {
        live(life);
        life.merge();
        life.put(7, 40);
    }

    static void twice(Life life) {
        live(life);
        life.merge();
        life.put(1, 60);
        life.delete(2);
        life.merge();
        life.delete(5);
        life.merge();
    }

    /** Each round leaves out segments that hold what the tombstones of the others hide. */
    static void partial(Life life) {
        life.open();
        life.put(0, 1700);
        life.put(1, 1700);
        life.put(2, 1700);
        life.put(3, 1700);
        life.put(4, 3200);
        life.delete(0);
        life.delete(2);
        life.put(5, 3200);
        life.delete(4);
        life.merge(3L);
        life.merge(2L);
        life.put(6, 40);
        life.merge(1L);
        life.merge();
    }

    /** Segments that hold little but tombstones. */
    static void tombstones(Life life) {
        life.open();
        for (int key = 0; key < 6; key++) {
            life.put(key, 1150);
        }
        life.put(6, 3200);
        for (int key = 0; key < 5; key++) {
            life.delete(key);
        }
        life.put(7, 3200);
        life.delete(6);
        life.merge(3L);
        life.merge(2L, 6L); // 5 was created ahead
        life.merge();
        life.put(0, 40);
        life.merge();
    }

    /** Puts that expire hide older ones in segments that are merged later. */
    static void expired(Life life) {
        life.open();
        life.put(0, 1700);
        life.put(1, 1700);
        life.put(0, 1700, 100);
        life.put(2, 1700, 300);
        life.put(1, 1700, 100);
        life.put(3, 1700);
        life.put(4, 3500);
        life.advance(150);
        life.merge(2L);
        life.sweep();
        life.merge(3L);
        life.advance(200);
        life.delete(3);
        life.merge();
        life.put(2, 60, 50);
        life.advance(100);
        life.merge();
    }

    /** What supersedes the records of the inputs lies in the active segment and is not forced. */
    static void besideUnforced(Life life) {
        life.open();
        life.put(0, 1200);
        life.put(1, 1200);
        life.put(2, 1200);
        life.put(3, 3000);
        life.promise(Durability.OS);
        life.put(0, 60);
        life.delete(1);
        life.put(2, 60);
        life.merge(1L);
        life.put(0, 70);
        life.put(3, 70);
        life.merge();
    }

    /** An open snapshot keeps the files of what was merged. */
    static void besideSnapshots(Life life) {
        life.open();
        life.put(0, 1700);
        life.put(1, 1700);
        life.snapshot();
        life.put(0, 1700);
        life.delete(1);
        life.put(2, 1700);
        life.merge();
        life.snapshot();
        life.put(0, 60);
        life.merge();
        life.closeSnapshots();
        life.put(1, 40);
    }

    /** RESERVE is there, is made shorter for what finds no room, and is made longer again. */
    static void onAFullDisk(Life life) {
        life.disk(FULL);
        life.open();
        life.fill(1200);
        life.delete(0);
        life.delete(1);
        life.merge();
        life.fill(900);
        life.close();
        life.open();
        life.delete(2);
        life.merge();
        life.put(3, 200);
    }
}
