package io.stave.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The order of peers changes from round to round. */
class CoordinatorTest {
    private static final List<String> ALL = List.of("a", "b", "c", "d", "e");

    @Test
    void threeRoundsBeginWithThreePeers() {
        Set<String> first = new HashSet<>();
        for (int round = 0; round < 3; round++) {
            List<String> turned = Coordinator.inTurn(ALL, round);
            assertEquals(Set.copyOf(ALL), Set.copyOf(turned));
            assertTrue(first.add(turned.get(0)), "round " + round);
        }
    }

    @Test
    void nobodyComesAfterTheSameInTwoRoundsRunning() {
        for (int round = 0; round < ALL.size(); round++) {
            Set<String> both = pairs(Coordinator.inTurn(ALL, round));
            both.retainAll(pairs(Coordinator.inTurn(ALL, round + 1)));
            assertEquals(Set.of(), both, "round " + round);
        }
    }

    private static Set<String> pairs(List<String> turned) {
        Set<String> pairs = new HashSet<>();
        for (int i = 1; i < turned.size(); i++) {
            pairs.add(turned.get(i - 1) + turned.get(i));
        }
        return pairs;
    }
}
