package io.stave.engine.live;

import io.stave.Stress;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** No interleaving of readers, one who retires and one who reclaims frees what a reader holds. */
public class ReaderEpochLincheckTest {

    private static final class Thing {
        volatile boolean freed;
    }

    private final ReaderEpoch epoch = new ReaderEpoch();
    private final AtomicReference<Thing> current = new AtomicReference<>(new Thing());

    /** Whether what a reader holds is still there at the end of its read. */
    @Operation
    public boolean read() {
        int slot = epoch.enter();
        try {
            return !current.get().freed;
        } finally {
            epoch.exit(slot);
        }
    }

    @Operation
    public void replace() {
        Thing before = current.getAndSet(new Thing());
        epoch.retire(() -> before.freed = true);
    }

    @Operation
    public void reclaim() {
        epoch.reclaim();
    }

    /** What the operations mean. */
    public static class Model {
        public boolean read() {
            return true;
        }

        public void replace() {
            // Nobody sees it.
        }

        public void reclaim() {
            // Nobody sees it.
        }
    }

    @Test
    void nothingIsFreedUnderAReaderInAnyInterleaving() {
        new ModelCheckingOptions()
                .threads(3)
                .actorsPerThread(2)
                .actorsBefore(1)
                .actorsAfter(0)
                .iterations(8)
                .invocationsPerIteration(150)
                .sequentialSpecification(Model.class)
                .check(ReaderEpochLincheckTest.class);
    }

    /** The model checker assumes sequential consistency, the processor does not. */
    @Test
    void nothingIsFreedUnderAReaderUnderStress() {
        Stress.check(
                new StressOptions().threads(3).actorsPerThread(5).iterations(6).sequentialSpecification(Model.class),
                300,
                ReaderEpochLincheckTest.class);
    }
}
