package io.stave.compare;

import io.stave.compare.peer.Peer;
import io.stave.compare.peer.Peers;
import io.stave.compare.work.Work;
import io.stave.compare.work.Works;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run is asked to do.
 *
 * @param peers who takes part
 * @param works what is measured, in the order of {@link Works#all()}
 * @param keys how many keys, one run of all works for each
 * @param values how long each value, likewise
 * @param rounds how often all is done
 * @param seconds how long works go on that have no end of their own
 * @param timeoutSeconds when a process is given up
 * @param heap the heap of every process, or empty for what each peer needs
 * @param directory where stores are made; on the file system to be measured
 * @param output the file of the results
 * @param jdk home of the JDK that runs the works, or empty for the one that runs this
 * @param jdk22 home of one of 22 or newer, for peers that need it, or empty
 * @param halodb HaloDB's jar, or empty
 * @param wrap a command that each process is started with, as one that limits its memory; or empty
 */
record Arguments(
        List<Peer> peers,
        List<Work> works,
        List<Long> keys,
        List<Integer> values,
        int rounds,
        double seconds,
        long timeoutSeconds,
        String heap,
        Path directory,
        Path output,
        String jdk,
        String jdk22,
        String halodb,
        String wrap) {

    private static final Map<String, String> DEFAULTS = new LinkedHashMap<>();

    static {
        DEFAULTS.put("peers", "all");
        DEFAULTS.put("works", "all");
        DEFAULTS.put("keys", "2000000");
        DEFAULTS.put("value", "100,1024,16384");
        DEFAULTS.put("rounds", "3");
        DEFAULTS.put("seconds", "5");
        DEFAULTS.put("timeout", "1800");
        DEFAULTS.put("heap", "");
        DEFAULTS.put("dir", "target/bench");
        DEFAULTS.put("out", "");
        DEFAULTS.put("jdk", "");
        DEFAULTS.put("jdk22", orEmpty(System.getenv("STAVE_BENCH_JDK22")));
        DEFAULTS.put("halodb", orEmpty(System.getenv("STAVE_BENCH_HALODB")));
        DEFAULTS.put("wrap", "");
    }

    /** What differs in the quick form: enough to see where everybody stands in five minutes. */
    private static final Map<String, String> QUICK = Map.of(
            "peers", "stave,rocksdb-tuned,rocksdb-blob,lmdb,halodb,chronicle-map,mapdb,limit",
            "works", "durable-16,load,reopen,get-1,miss-1,overwrite",
            "keys", "100000",
            "value", "100,1024",
            "rounds", "1",
            "seconds", "0.4",
            "timeout", "60");

    static Arguments parse(boolean quick, List<String> words) {
        Map<String, String> options = new LinkedHashMap<>(DEFAULTS);
        if (quick) {
            options.putAll(QUICK);
        }
        for (String word : words) {
            int equals = word.indexOf('=');
            String name = equals < 0 || !word.startsWith("--") ? "" : word.substring(2, equals);
            if (!options.containsKey(name)) {
                throw new IllegalArgumentException(
                        "not understood: " + word + "; there are --" + String.join("=, --", options.keySet()) + "=");
            }
            options.put(name, word.substring(equals + 1));
        }
        Path directory = Path.of(options.get("dir")).toAbsolutePath();
        String output = options.get("out");
        return new Arguments(
                peers(options.get("peers")),
                works(options.get("works")),
                list(options.get("keys")).stream().map(Arguments::number).toList(),
                list(options.get("value")).stream().map(Integer::valueOf).toList(),
                Integer.parseInt(options.get("rounds")),
                Double.parseDouble(options.get("seconds")),
                Long.parseLong(options.get("timeout")),
                options.get("heap"),
                directory,
                output.isEmpty()
                        ? directory.resolve("run-" + System.currentTimeMillis() / 1000 + ".json")
                        : Path.of(output),
                options.get("jdk"),
                options.get("jdk22"),
                options.get("halodb"),
                options.get("wrap"));
    }

    /** Without separators, or with the suffixes k and M. */
    private static long number(String text) {
        String digits = text.replace("_", "");
        if (digits.endsWith("M")) {
            return Long.parseLong(digits.substring(0, digits.length() - 1)) * 1_000_000;
        }
        return digits.endsWith("k")
                ? Long.parseLong(digits.substring(0, digits.length() - 1)) * 1_000
                : Long.parseLong(digits);
    }

    private static List<Peer> peers(String names) {
        return names.equals("all")
                ? Peers.all()
                : list(names).stream().map(Peers::named).toList();
    }

    /** In the order that works are done in, whatever order they are named in. */
    private static List<Work> works(String names) {
        if (names.equals("all")) {
            return Works.all();
        }
        List<Work> named = list(names).stream().map(Works::named).toList();
        List<Work> works = new ArrayList<>(Works.all());
        works.removeIf(work -> named.stream().noneMatch(one -> one.name().equals(work.name())));
        return works;
    }

    private static List<String> list(String text) {
        return Arrays.asList(text.split(","));
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }

    /** {@return what a run keeps of its arguments} */
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("rounds", Integer.toString(rounds));
        facts.put("seconds a timed work", Double.toString(seconds));
        facts.put("seconds until a process is given up", Long.toString(timeoutSeconds));
        facts.put("heap", heap.isEmpty() ? "512 MiB; 4 GiB for peers that cache on the heap" : heap);
        facts.put("java of the works", jdk.isEmpty() ? "the same" : jdk);
        facts.put(
                "java of peers that need 22",
                jdk22.isEmpty() ? "none" : Path.of(jdk22).getFileName().toString());
        facts.put(
                "halodb",
                halodb.isEmpty() ? "none" : Path.of(halodb).getFileName().toString());
        facts.put("processes started with", wrap.isEmpty() ? "nothing else" : wrap);
        return facts;
    }
}
