package io.stave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class MergePolicyTest {

    private static final LocalTime ONE = LocalTime.of(1, 0);
    private static final LocalTime FIVE = LocalTime.of(5, 0);

    private static final List<UnaryOperator<MergePolicy>> SETTERS = List.of(
            policy -> policy.deadRatio(0.3),
            policy -> policy.deadBytes(1),
            policy -> policy.segmentDeadRatio(0.9),
            policy -> policy.segmentDeadBytes(2),
            policy -> policy.smallSegments(3),
            policy -> policy.bytesPerSecond(4),
            policy -> policy.slowdown(5),
            policy -> policy.within(ONE, FIVE));

    @Test
    void defaultsAreWhatTheJavadocSays() {
        MergePolicy policy = MergePolicy.automatic();
        assertTrue(policy.isAutomatic());
        assertEquals(0.23, policy.deadRatio());
        assertEquals(MergePolicy.NO_LIMIT, policy.deadBytes());
        assertEquals(0.5, policy.segmentDeadRatio());
        assertEquals(MergePolicy.NO_LIMIT, policy.segmentDeadBytes());
        assertEquals(8, policy.smallSegments());
        assertEquals(MergePolicy.NO_LIMIT, policy.bytesPerSecond());
        assertEquals(2, policy.slowdown());
        assertNull(policy.from());
        assertNull(policy.until());
        assertSame(policy, Options.defaults().mergePolicy());
    }

    @Test
    void manualIsNotAutomaticAndStaysSo() {
        assertFalse(MergePolicy.manual().isAutomatic());
        assertFalse(MergePolicy.manual().deadRatio(0.3).isAutomatic());
        assertEquals("MergePolicy[manual]", MergePolicy.manual().toString());
    }

    @Test
    void eachSetterChangesItsOwnSettingAndNoOther() {
        MergePolicy forwards = apply(SETTERS);
        assertEquals(0.3, forwards.deadRatio());
        assertEquals(1, forwards.deadBytes());
        assertEquals(0.9, forwards.segmentDeadRatio());
        assertEquals(2, forwards.segmentDeadBytes());
        assertEquals(3, forwards.smallSegments());
        assertEquals(4, forwards.bytesPerSecond());
        assertEquals(5, forwards.slowdown());
        assertEquals(ONE, forwards.from());
        assertEquals(FIVE, forwards.until());
        List<UnaryOperator<MergePolicy>> backwards = new ArrayList<>(SETTERS);
        Collections.reverse(backwards);
        assertEquals(forwards, apply(backwards));
        assertEquals(forwards.hashCode(), apply(backwards).hashCode());
    }

    private static MergePolicy apply(List<UnaryOperator<MergePolicy>> setters) {
        MergePolicy policy = MergePolicy.automatic();
        for (UnaryOperator<MergePolicy> setter : setters) {
            policy = setter.apply(policy);
        }
        return policy;
    }

    @Test
    void policiesThatDifferInOneSettingAreNotEqual() {
        for (UnaryOperator<MergePolicy> setter : SETTERS) {
            assertNotEquals(MergePolicy.automatic(), setter.apply(MergePolicy.automatic()));
        }
        assertNotEquals(MergePolicy.automatic(), MergePolicy.manual());
        assertEquals(0.23, MergePolicy.automatic().deadRatio(), "and the original is left alone");
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        MergePolicy policy = MergePolicy.automatic();
        for (double share : new double[] {0, -0.1, 1.01, Double.NaN}) {
            assertThrows(IllegalArgumentException.class, () -> policy.deadRatio(share));
            assertThrows(IllegalArgumentException.class, () -> policy.segmentDeadRatio(share));
        }
        for (long bytes : new long[] {0, -1}) {
            assertThrows(IllegalArgumentException.class, () -> policy.deadBytes(bytes));
            assertThrows(IllegalArgumentException.class, () -> policy.segmentDeadBytes(bytes));
            assertThrows(IllegalArgumentException.class, () -> policy.bytesPerSecond(bytes));
        }
        assertThrows(IllegalArgumentException.class, () -> policy.smallSegments(1));
        assertThrows(IllegalArgumentException.class, () -> policy.slowdown(0.99));
        assertThrows(IllegalArgumentException.class, () -> policy.slowdown(Double.NaN));
        assertEquals(1, policy.deadRatio(1).deadRatio());
        assertEquals(
                Double.POSITIVE_INFINITY,
                policy.slowdown(Double.POSITIVE_INFINITY).slowdown());
    }

    @Test
    void toStringTellsTheSettings() {
        String text = MergePolicy.automatic().deadBytes(77).within(ONE, FIVE).toString();
        assertTrue(text.contains("deadRatio=0.23") && text.contains("deadBytes=77"), text);
        assertTrue(text.contains("bytesPerSecond=none") && text.contains("within 01:00 to 05:00"), text);
    }
}
