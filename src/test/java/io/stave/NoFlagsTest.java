package io.stave;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** I12: this JVM, which runs all unit tests, was started without a flag, so whatever they prove needs none. */
class NoFlagsTest {
    @Test
    void unitTestsRunWithoutJvmFlags() {
        List<String> flags = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-X") || argument.startsWith("--"))
                .toList();
        assertEquals(List.of(), flags);
    }
}
