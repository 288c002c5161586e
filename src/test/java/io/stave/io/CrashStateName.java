package io.stave.io;

import java.util.BitSet;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what a {@link CrashState} prints. */
final class CrashStateName {

    private static final String SET = "\\{([0-9, ]*)\\}";
    private static final String NUMBER = "(-?[0-9]+)";

    private static final Map<Pattern, Function<MatchResult, CrashState>> NAMES = Map.ofEntries(
            name("syncedOnly", name -> CrashState.syncedOnly()),
            name("everything", name -> CrashState.everything()),
            name("namesOnly", name -> CrashState.namesOnly()),
            name("bytesOnly", name -> CrashState.bytesOnly()),
            name("prefix " + NUMBER, name -> CrashState.prefix(number(name, 1))),
            name("subset " + SET, name -> CrashState.subset(set(name, 1))),
            name("without #" + NUMBER, name -> CrashState.without(number(name, 1))),
            name("only #" + NUMBER, name -> CrashState.only(number(name, 1))),
            name("torn #" + NUMBER + " at " + NUMBER, name -> CrashState.torn(number(name, 1), number(name, 2))),
            name("sectors " + SET + " of #" + NUMBER, name -> CrashState.sectors(number(name, 2), set(name, 1))),
            name("lengthOnly #" + NUMBER, name -> CrashState.lengthOnly(number(name, 1))),
            name(
                    "garbage #" + NUMBER + " seed " + NUMBER,
                    name -> CrashState.garbage(number(name, 1), Long.parseLong(name.group(2)))),
            name(
                    "garbage " + SET + " of #" + NUMBER + " seed " + NUMBER,
                    name -> CrashState.garbage(number(name, 2), set(name, 1), Long.parseLong(name.group(3)))),
            name("random " + NUMBER, name -> CrashState.random(Long.parseLong(name.group(1)))));

    private CrashStateName() {}

    private static Map.Entry<Pattern, Function<MatchResult, CrashState>> name(
            String pattern, Function<MatchResult, CrashState> state) {
        return Map.entry(Pattern.compile(pattern), state);
    }

    static CrashState parse(String name) {
        for (Map.Entry<Pattern, Function<MatchResult, CrashState>> entry : NAMES.entrySet()) {
            Matcher matcher = entry.getKey().matcher(name);
            if (matcher.matches()) {
                return entry.getValue().apply(matcher);
            }
        }
        throw new IllegalArgumentException("no crash state is called '" + name + "'");
    }

    private static int number(MatchResult name, int group) {
        return Integer.parseInt(name.group(group));
    }

    private static BitSet set(MatchResult name, int group) {
        BitSet set = new BitSet();
        for (String number : name.group(group).split(",")) {
            if (!number.isBlank()) {
                set.set(Integer.parseInt(number.strip()));
            }
        }
        return set;
    }
}
