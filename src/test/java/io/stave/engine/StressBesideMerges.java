package io.stave.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Stave;
import io.stave.Stress;
import io.stave.engine.support.Background;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jetbrains.lincheck.datastructures.StressOptions;

/** Lincheck's stress on a store that is merged without a pause. */
final class StressBesideMerges {

    private StressBesideMerges() {}

    /** Checks the answers against a model, and that there was something to merge. */
    static void check(Supplier<Stave> store, Class<?> model, Class<?> test) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Background<Integer> merger = Background.run(() -> {
            int merged = 0;
            while (!stop.get()) {
                merged += store.get().merge().inputs().size();
            }
            return merged;
        });
        try {
            Stress.check(
                    new StressOptions()
                            .threads(3)
                            .actorsPerThread(3)
                            .actorsBefore(1)
                            .actorsAfter(1)
                            .iterations(8)
                            .sequentialSpecification(model),
                    150,
                    test);
        } finally {
            stop.set(true);
        }
        assertTrue(merger.join() > 0, "nothing was merged");
    }
}
