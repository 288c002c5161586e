package io.stave.crash;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jboss.byteman.agent.Main;

/** Byteman rules: the scripts of this package, and how a child is made to obey some of them. */
final class Rules {

    /** Ends the JVM at named steps. */
    static final String KILL = "kill.btm";

    /** Makes calls of the operating system fail. */
    static final String FAIL = "fail.btm";

    /** Holds threads up where they meet. */
    static final String DELAY = "delay.btm";

    /** The word that every rule says before it strikes, followed by its name. */
    static final String FIRED = "FIRED ";

    private static final String RULE = "RULE ";
    private static final String END = "ENDRULE";

    private Rules() {}

    /** The names of all rules of a script, in its order. */
    static List<String> names(String script) throws IOException {
        return text(script)
                .lines()
                .filter(line -> line.startsWith(RULE))
                .map(line -> line.substring(RULE.length()))
                .toList();
    }

    /**
     * The options of a JVM that obeys those rules of a script whose names begin with {@code prefix}.
     *
     * @param nth the occurrence at which they strike
     * @param scratch takes the script that is made of them
     */
    static List<String> options(String script, String prefix, int nth, Path scratch)
            throws IOException, URISyntaxException {
        StringBuilder chosen = new StringBuilder();
        boolean inside = false;
        for (String line : text(script).split("\n")) {
            inside |= line.startsWith(RULE + prefix);
            if (inside) {
                chosen.append(line).append('\n');
            }
            inside &= !line.equals(END);
        }
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException(script + " has no rule " + prefix);
        }
        Path file = Files.writeString(scratch.resolve("rules.btm"), chosen);
        Path agent = Path.of(
                Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        // boot: rules on classes of the JDK find Byteman only there, and fail with NoClassDefFoundError otherwise.
        return List.of("-javaagent:" + agent + "=script:" + file + ",boot:" + agent, "-Dstave.crash.nth=" + nth);
    }

    static String text(String script) throws IOException {
        try (InputStream in = Objects.requireNonNull(Rules.class.getResourceAsStream(script), script)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
