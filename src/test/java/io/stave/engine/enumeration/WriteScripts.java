package io.stave.engine.enumeration;

import static io.stave.engine.enumeration.Changes.gone;

import io.stave.Durability;
import java.time.Duration;

/** Writes of all kinds, into one segment as a rule. */
final class WriteScripts {

    /** Never over while a script runs. */
    private static final Durability INTERVAL = Durability.interval(Duration.ofHours(1));

    private WriteScripts() {}

    static void create(Life life) {
        life.open();
        life.put(1, 60);
        life.close();
    }

    static void put(Life life) {
        life.open();
        life.put(0, 40);
        life.put(1, 120);
        life.put(0, 80);
        life.put(2, 0);
        life.put(11, 30);
        life.delete(1);
        life.put(1, 50);
        life.delete(3);
        life.delete(2);
        life.put(3, 600);
        life.delete(11);
    }

    /** The operations that a crash decides about pile up to more than can be tried in every subset. */
    static void unforced(Life life) {
        life.open();
        life.put(0, 40);
        life.promise(Durability.OS);
        life.put(1, 60);
        life.put(0, 50);
        life.delete(1);
        life.put(2, 700);
        life.promise(INTERVAL);
        life.put(3, 30);
        life.delete(0);
        life.sync();
        life.put(0, 90);
        life.promise(Durability.OS);
        for (int i = 0; i < 6; i++) {
            life.put(i % 4, 40 + 20 * i);
            life.delete((i + 2) % 4);
        }
        life.promise(Durability.SYNC);
        life.put(5, 40);
        life.promise(Durability.OS);
        life.put(5, 45);
        life.delete(5);
    }

    static void conditions(Life life) {
        life.open();
        life.compareAndSet(0, 60, true);
        life.compareAndSet(0, 70, true);
        life.compareAndSet(0, 80, false);
        life.compareAndSet(1, 80, false);
        life.delete(0);
        life.compareAndSet(0, 90, true);
        life.refusedBatch(life.change(0, 30), gone(1));
        life.promise(Durability.OS);
        life.compareAndSet(1, 50, true);
        life.compareAndSet(1, 55, true);
        life.compareAndSet(1, 60, false);
        life.promise(Durability.SYNC);
        life.compareAndSet(2, 20, true);
    }

    static void expiry(Life life) {
        life.open();
        life.put(0, 40);
        life.put(0, 60, 100);
        life.put(1, 50, 200);
        life.put(2, 50);
        life.setExpiry(2, 100);
        life.setExpiry(1, 0);
        life.advance(150);
        life.sweep();
        life.put(3, 40, -1);
        life.delete(0);
        life.put(2, 30, 500);
        life.promise(Durability.OS);
        life.put(4, 30, 100);
        life.setExpiry(4, 50);
        life.batch(life.change(5, 20), gone(1), life.expiring(6, 20, 70));
        life.advance(60);
        life.put(5, 20);
        life.sync();
        life.advance(1000);
        life.sweep();
        life.close();
        life.open();
    }

    /** Appends break off and are undone; the next ones go to the same place. */
    static void brokenOff(Life life) {
        life.open();
        life.put(0, 100);
        life.putThatBreaksOff(0, 200, 130);
        life.put(1, 60);
        life.putThatBreaksOff(1, 300, 319);
        life.delete(1);
        life.putThatBreaksOff(2, 1500, 1100);
        life.promise(Durability.OS);
        life.put(2, 90);
        life.putThatBreaksOff(2, 300, 25);
        life.put(3, 40);
        life.promise(Durability.SYNC);
        life.put(3, 60);
    }

    static void versions(Life life) {
        life.open();
        life.put(0, 40);
        life.skipVersions();
        life.put(1, 40);
        life.put(1, 50);
        life.batch(life.change(2, 20), life.change(3, 20), gone(0));
        life.put(4, 20);
        life.close();
        life.open();
        life.put(5, 20);
        life.skipVersions();
        life.promise(Durability.OS);
        life.put(5, 30);
        life.put(5, 40);
        life.put(5, 50);
    }
}
