package io.stave.engine.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.support.Silence;
import io.stave.io.Fault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fails file operation k, for every k until none is left to fail, in everything a store does (I8): reads go on, what was acknowledged is
 * there, what failed is not seen, the store lives on or refuses writes, closes without a leak, and opens again after a crash.
 */
class FaultSweepTest {

    private static long operations;

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    @AfterAll
    static void count() {
        System.out.printf("Faults: %,d lives, in each of which another operation failed%n", operations);
    }

    static List<Arguments> sweeps() {
        List<Arguments> sweeps = new ArrayList<>();
        for (FaultDeed deed : FaultDeed.values()) {
            for (Fault fault : List.of(Fault.EIO, Fault.EIO_LATE, Fault.ENOSPC, Fault.SHORT_WRITE)) {
                if (deed.onlyReads() && fault != Fault.EIO) {
                    continue;
                }
                sweeps.add(Arguments.of(deed, fault, false));
                if (fault != Fault.EIO_LATE) {
                    sweeps.add(Arguments.of(deed, fault, true));
                }
            }
        }
        return sweeps;
    }

    @ParameterizedTest(name = "{0}, {1}, ever after: {2}")
    @MethodSource("sweeps")
    void storeOutlivesTheFailureOfAnyOperation(Object deed, Fault fault, boolean everAfter) throws IOException {
        FaultDeed does = (FaultDeed) deed;
        FaultImage image = FaultImage.of(does.image());
        long failures;
        int k = 1;
        do {
            try {
                failures = new FaultRun(image, does, k, fault, everAfter).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(fault + " at operation " + k + (everAfter ? " and ever after" : ""), e);
            }
            k++;
        } while (failures > 0);
        operations += k - 2;
        assertTrue(k > 2, "nothing could fail");
    }
}
