package io.stave.engine.write;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StoreFailedException;
import io.stave.engine.Engine;
import io.stave.engine.House;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.support.QuietLog;
import io.stave.io.RealDirectory;
import java.lang.reflect.Field;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Whatever breaks the leader where nothing is expected to break, everybody who waits is told, and the store stops (I8). */
@ExtendWith(QuietLog.class)
class LeaderFailureTest {

    /** Too much to share a group. */
    private static final int LARGE = 2 << 20;

    private static final byte[] KEY = {1};

    @TempDir
    Path path;

    @Test
    void everybodyWhoWaitsIsToldWhenTheLeaderBreaks() throws Exception {
        GateDirectory directory = new GateDirectory(RealDirectory.create(path));
        Stave store = Engine.open(directory, Options.defaults().mergePolicy(MergePolicy.manual()), false);
        store.put(new byte[] {0}, new byte[10]);
        GateDirectory.Gate gate = directory.hold(Act.FORCE, GateDirectory::segment);
        Background<Long> first = Background.run(() -> store.put(KEY, new byte[10]));
        gate.awaitArrivals(1);
        Background<Long> next =
                Background.run(() -> store.put(new byte[] {2}, new byte[10])).awaitParkedOn(Outcome.class);
        Batch large = new Batch().put(new byte[] {3}, new byte[LARGE]).put(new byte[] {4}, new byte[0]);
        Background<Object> behind =
                Background.<Object>run(() -> store.apply(large)).awaitParkedOn(Outcome.class);
        breakCommits(store);
        directory.open(gate);
        assertTrue(first.join() > 0, "its commit had begun");
        assertThrows(StoreFailedException.class, next::join);
        assertThrows(StoreFailedException.class, behind::join);
        assertThrows(StoreFailedException.class, () -> store.put(KEY, new byte[20]));
        assertArrayEquals(new byte[10], store.get(KEY));
        Background.start(store::close).join();
    }

    /** Nothing that a store meets breaks a leader there: so it loses what it commits with. */
    private static void breakCommits(Stave store) throws ReflectiveOperationException {
        Field house = store.getClass().getDeclaredField("house");
        house.setAccessible(true);
        Field commit = WritePath.class.getDeclaredField("groupCommit");
        commit.setAccessible(true);
        commit.set(((House) house.get(store)).writePath, null);
    }
}
