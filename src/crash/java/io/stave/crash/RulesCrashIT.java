package io.stave.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URL;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.jboss.byteman.check.TestScript;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every rule parses, and finds the place it names in the classes as they are. A rule that does not is skipped in silence when a JVM
 * loads it.
 */
class RulesCrashIT {

    @ParameterizedTest
    @ValueSource(strings = {Rules.KILL, Rules.FAIL, Rules.DELAY})
    void everyRuleFindsItsPlace(String script) throws Exception {
        List<String> rules = Rules.names(script);
        assertEquals(rules.size(), new HashSet<>(rules).size(), "two rules of one name");
        URL resource = Objects.requireNonNull(Rules.class.getResource(script));
        try (Jvm checker = Jvm.start(
                TestScript.class, List.of(), List.of(Path.of(resource.toURI()).toString()))) {
            checker.join();
            assertTrue(checker.said("TestScript: no errors"), checker::output);
            for (String rule : rules) {
                assertTrue(
                        checker.lines("Type checked").stream().anyMatch(line -> line.contains('"' + rule + '"')),
                        () -> "not checked: " + rule + '\n' + checker.output());
            }
        }
    }

    /** What a rule says must be its name, or a test would believe in a rule that never struck. */
    @ParameterizedTest
    @ValueSource(strings = {Rules.KILL, Rules.FAIL, Rules.DELAY})
    void everyRuleSaysItsName(String script) throws Exception {
        for (String rule : Rules.names(script)) {
            assertTrue(Rules.text(script).contains("(\"" + Rules.FIRED + rule), rule);
        }
    }
}
