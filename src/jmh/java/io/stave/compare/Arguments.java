package io.stave.compare;

import io.stave.compare.peer.Peer;
import io.stave.compare.peer.Peers;
import io.stave.compare.result.Run;
import io.stave.compare.work.Work;
import io.stave.compare.work.Works;
import java.io.IOException;
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
 * @param onto the file of an earlier run that this one goes on with, or empty
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
        String onto,
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
        DEFAULTS.put("onto", "");
        DEFAULTS.put("out", "");
        DEFAULTS.put("jdk", "");
        DEFAULTS.put("jdk22", orEmpty(System.getenv("STAVE_BENCH_JDK22")));
        DEFAULTS.put("halodb", orEmpty(System.getenv("STAVE_BENCH_HALODB")));
        DEFAULTS.put("wrap", "");
    }

    /** What differs in the quick form: enough to see where everybody stands in five minutes. */
    private static final Map<String, String> QUICK = Map.of(
            "peers", "stave,rocksdb-tuned,lmdb,halodb,chronicle-map,limit",
            "works", "durable-16,load,reopen,get-1,miss-1,overwrite",
            "keys", "200000",
            "value", "100,1024",
            "rounds", "1",
            "seconds", "1",
            "timeout", "60");

    /** What the whole adds to its run: how the cost of an operation grows with the number of keys. */
    private static final List<String> SCALE = List.of(
            "--peers=stave,rocksdb-tuned,limit",
            "--works=load,reopen,get-1,miss-1",
            "--keys=1M,10M,100M",
            "--value=100",
            "--rounds=1");

    static Arguments parse(List<String> words) {
        return parse(Map.of(), words);
    }

    static Arguments quick(List<String> words) {
        return parse(QUICK, words);
    }

    /** The same directory and processes, other works, onto the run that these arguments make. */
    static Arguments scale(List<String> words, Path run) {
        List<String> all = new ArrayList<>(words);
        all.addAll(SCALE);
        all.add("--onto=" + run);
        all.add("--out=" + run);
        return parse(Map.of(), all);
    }

    private static Arguments parse(Map<String, String> form, List<String> words) {
        Map<String, String> options = new LinkedHashMap<>(DEFAULTS);
        options.putAll(form);
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
        String onto = options.get("onto");
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
                onto,
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

    /** {@return the run to go on with} */
    Run before() throws IOException {
        return onto.isEmpty() ? Run.NOTHING : Run.read(Path.of(onto));
    }
}
