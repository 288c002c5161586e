package io.stave.engine.enumeration;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.stave.engine.support.Silence;
import io.stave.keydir.ChosenKeydir;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The crash states of those workloads in which keydirs differ: what they leave at a close, and what merges and recovery do to them. */
class KeydirCrashStatesTest {

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    @ParameterizedTest
    @EnumSource(names = {"CLOSE_AND_OPEN", "RECOVER_SPOILT_KEYDIR", "BLOB_MERGED"})
    void everyStateThatACrashMayLeaveIsRecovered(Workload workload) {
        assumeFalse(ChosenKeydir.isCompact(), "CrashStatesTest tries all workloads with the compact keydir");
        try (Enumeration enumeration = new Enumeration(Runtime.getRuntime().availableProcessors(), Deeper.SOME)) {
            Tally tally = enumeration.enumerate(workload.record(1));
            System.out.println(workload + " with " + ChosenKeydir.KIND + ": " + tally);
            assertTrue(tally.states() > 100, tally::toString);
        }
    }
}
