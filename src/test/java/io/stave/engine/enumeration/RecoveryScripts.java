package io.stave.engine.enumeration;

import io.stave.Durability;
import io.stave.io.CrashState;
import java.io.IOException;

/** Recoveries from what crashes have left. */
final class RecoveryScripts {

    private RecoveryScripts() {}

    /** The first part of each; with what follows a crash, the last put is torn, and all before it is there. */
    private static void unforced(Life life) {
        life.open();
        life.put(0, 60);
        life.put(1, 3200);
        life.promise(Durability.OS);
        life.put(0, 900);
        life.delete(1);
        life.put(2, 60);
    }

    /** The first bytes of the last write are left, and all before it. */
    private static CrashState torn(Life life, int bytes) {
        return CrashState.torn(life.lastOperation(), bytes);
    }

    private static void goOn(Life life) {
        life.promise(Durability.SYNC);
        life.open();
        life.put(3, 60);
        life.delete(0);
        life.put(1, 40);
    }

    static void tornTail(Life life) throws IOException {
        unforced(life);
        life.put(3, 700);
        life.crash(torn(life, 600));
        goOn(life);
        life.close();
    }

    static void nothingBehindTheHeader(Life life) throws IOException {
        life.open();
        life.put(0, 60);
        life.promise(Durability.OS);
        life.put(1, 3900);
        life.put(2, 3900);
        life.crash(torn(life, 10));
        goOn(life);
    }

    /** Several unsealed segments, the first of them cut: the others go. */
    static void cutInFrontOfOthers(Life life) throws IOException {
        life.openWithSealerHeld();
        life.put(0, 1700);
        life.put(1, 1700);
        life.promise(Durability.OS);
        life.put(0, 1500);
        int lost = life.lastOperation();
        life.put(2, 60);
        life.put(3, 3000);
        life.put(4, 1700);
        life.delete(1);
        life.crash(CrashState.without(lost));
        goOn(life);
    }

    /** Several unsealed segments, whole. */
    static void wholeAndUnsealed(Life life) throws IOException {
        life.openWithSealerHeld();
        life.put(0, 1700);
        life.put(1, 1700);
        life.put(0, 1500);
        life.put(2, 2000);
        life.put(3, 1700);
        life.delete(1);
        life.crash(CrashState.everything());
        goOn(life);
    }

    /** A merge was about to be committed: its outputs are strays, and so is a MANIFEST. */
    static void strays(Life life) throws IOException {
        MergeScripts.all(life);
        life.put(1, 60);
        life.delete(2);
        life.crashInMerge(24, CrashState.everything());
        goOn(life);
    }

    static void lostHint(Life life) throws IOException {
        unforced(life);
        life.close();
        life.spoilHint(true);
        goOn(life);
    }

    static void spoiltHint(Life life) throws IOException {
        unforced(life);
        life.close();
        life.spoilHint(false);
        goOn(life);
    }

    static void spoiltKeydir(Life life) throws IOException {
        unforced(life);
        life.close();
        life.spoilKeydir();
        goOn(life);
    }

    /** The process dies and the machine lives: recovery builds on what was never forced. */
    static void killed(Life life) throws IOException {
        unforced(life);
        life.kill();
        goOn(life);
        life.kill();
        life.open();
    }

    static void killedUnsealed(Life life) throws IOException {
        life.openWithSealerHeld();
        life.put(0, 1700);
        life.put(1, 1700);
        life.promise(Durability.OS);
        life.put(0, 1500);
        life.put(2, 60);
        life.put(3, 3000);
        life.put(4, 1700);
        life.delete(1);
        life.kill();
        goOn(life);
    }
}
