package io.stave.engine.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Options;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.model.History;
import io.stave.engine.model.Keys;
import io.stave.engine.model.StoreModel;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.GateDirectory.Gate;
import io.stave.io.CrashState;
import io.stave.io.Operation;
import io.stave.io.SimulatedDirectory;
import io.stave.io.Survival;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A power cut while a group of many writers is being forced leaves a prefix of the group, wherever the disk was in writing it (I4). */
@Timeout(120)
class GroupCrashTest {

    private static final Options OPTIONS = Options.defaults().segmentLength(1 << 16);
    private static final int GROUP = 24;

    private final SimulatedDirectory files = new SimulatedDirectory();
    private final GateDirectory directory = new GateDirectory(files);
    private final Stave store = Engine.open(directory, OPTIONS, false);
    private final History history = new History();
    private final List<CompletableFuture<Long>> answers = new ArrayList<>();

    /** Each fifth write deletes what the one before has put. */
    private static boolean deletes(int i) {
        return i % 5 == 4;
    }

    private static int number(int i) {
        return (deletes(i) ? i - 1 : i) % Keys.COUNT;
    }

    private static byte[] key(int i) {
        return Keys.key(number(i));
    }

    private static byte @Nullable [] value(int i) {
        return deletes(i) ? null : Keys.value(10 + i, 20 + 9 * i);
    }

    /** Holds the force of a group of puts and deletes behind one that was forced; returns what to open then. */
    private Gate gather() throws InterruptedException {
        byte[] first = Keys.value(1, 30);
        history.applied(0, first, store.put(Keys.key(0), first));
        Gate leader = directory.hold(Act.FORCE, GateDirectory::segment);
        byte[] second = Keys.value(2, 30);
        CompletableFuture<Long> leading = store.putAsync(Keys.key(0), second);
        leader.awaitArrivals(1);
        for (int i = 0; i < GROUP; i++) {
            byte[] value = value(i);
            answers.add(value == null ? store.deleteAsync(key(i)) : store.putAsync(key(i), value));
        }
        Gate followers = directory.hold(Act.FORCE, GateDirectory::segment);
        directory.open(leader);
        history.applied(0, second, leading.join());
        history.allDurable();
        followers.awaitArrivals(1);
        for (int i = 0; i < GROUP; i++) {
            history.applied(number(i), value(i), 3 + i); // versions are counted
        }
        return followers;
    }

    private Operation append() {
        List<Operation> unsynced = files.unsynced().stream()
                .filter(op -> op.kind() == Operation.Kind.WRITE && GateDirectory.segment(op.name()))
                .toList();
        assertEquals(1, unsynced.size(), "one append for the whole group");
        return unsynced.get(0);
    }

    private int recover(CrashState state) {
        SimulatedDirectory after = files.afterCrash(state);
        History known = history.copy();
        try (Stave recovered = Engine.open(after, OPTIONS, true)) {
            known.recovered(StoreModel.contents(recovered));
            return (int) recovered.stats().keys();
        } catch (AssertionError e) {
            throw new AssertionError(state.toString(), e);
        }
    }

    @Test
    void groupTornAtAnyByteIsCutToAPrefix() throws InterruptedException {
        Gate forcing = gather();
        Operation append = append();
        BitSet keys = new BitSet();
        for (int bytes = 0; bytes <= append.length(); bytes += bytes < 200 ? 1 : 11) {
            keys.set(recover(CrashState.torn(append.index(), bytes)));
        }
        assertTrue(keys.cardinality() > 5, () -> "every prefix shows: " + keys);
        directory.open(forcing);
        answers.forEach(CompletableFuture::join);
        store.close();
    }

    @Test
    void groupOfWhichOnlySomeSectorsWereWrittenIsCutToAPrefix() throws InterruptedException {
        Gate forcing = gather();
        Operation append = append();
        int sectors = append.length() / Survival.SECTOR + 2;
        for (long kept = 0; kept < 1L << sectors; kept += 1 + kept / 64) {
            recover(CrashState.sectors(append.index(), BitSet.valueOf(new long[] {kept})));
        }
        for (int seed = 0; seed < 40; seed++) {
            recover(CrashState.garbage(append.index(), seed));
        }
        directory.open(forcing);
        answers.forEach(CompletableFuture::join);
        assertEquals(history.now(), StoreModel.contents(store));
        store.close();
    }
}
