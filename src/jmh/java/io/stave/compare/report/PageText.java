package io.stave.compare.report;

import io.stave.compare.result.Run;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the page says beside figures. */
final class PageText {
    private static final List<String> METHOD = List.of(
            "Each work runs in a process of its own. Processes run one after the other, each after all that was written before "
                    + "is on disk. In each round the peers come in another order; a round is one measurement, the tables have the median of all rounds, the least and the greatest.",
            "Keys have 16 bytes. Values are cut from random bytes, so that they do not compress, and begin with the number "
                    + "of their key. Every peer gets the same keys, values and order of operations; what follows a "
                    + "Zipfian distribution, YCSB's operations among it, is drawn anew in each process. Keys and values are made while the "
                    + "clock runs, for the limit too: that takes the same time from all, which is the larger part the faster one is.",
            "Every get is checked for the length of the value and whose it is while the clock runs, and a sample of 2,000 keys "
                    + "is compared byte by byte before the process ends, with as many keys that must be absent. Who returns anything wrong fails.",
            "All peers return a value as an array of its own, also those that could lend their memory.",
            "Where no put is forced, nobody forces: acknowledged puts survive the death of the process with most "
                    + "peers; † marks those with which they need not. Where puts are forced, only peers that force take part.",
            "A timed work warms up for half its time. Before a load and before overwriting, the process puts keys into another store, "
                    + "thrown away, for as long as a timed work lasts. Gets, YCSB and merges begin with a walk over all keys, which fills the "
                    + "page cache and the peer's own, for six times as long as the work lasts at most.",
            "A load counts until every put is acknowledged. Overwriting counts until merges or compactions have caught up too, as far as "
                    + "the peer tells. Peers with several ways to write do it in each, overwriting one after the other in the same store.",
            "In order, keys are loaded with the form of put that a peer has for that, where it has one.",
            "Before gets and puts beside merges, as many puts overwrite as there are keys, for six times as long as the work lasts at "
                    + "most, so that merges and compactions go on as they always will. Then gets are due one by one and puts some together, so that waiting for the next takes little of the "
                    + "processors. Latencies there count from the moment at which an operation was due at a fixed rate: what waits behind a "
                    + "slow one is slow too, which corrects for coordinated omission. Peers that do not tell when they merge, or never do, "
                    + "have all that happened beside the puts in those columns.",
            "YCSB's core workload chooses the operations. They are recorded before the clock runs, since making its keys and "
                    + "values takes longer than many an operation.",
            "Reopening counts from the call to the first value. Another, empty store is opened in the process before, so that "
                    + "native libraries, classes and generated code are there. Files that only speed up an open are deleted for two of "
                    + "the kinds: the keydir that Stave leaves at a clean close, and its hints as well. Before the last kind, a process "
                    + "overwrites until it is killed with SIGKILL; afterwards the puts it had acknowledged are looked for. The page cache is warm.",
            "Disk is what du counts. Bytes written are the growth of write_bytes in /proc/self/io: pages of the page cache as they "
                    + "become dirty, however they do. Memory of its own is RssAnon in /proc/self/status, the heap included.",
            "The limit is the same work without a store: see its settings below.");

    private PageText() {}

    static void introduction(StringBuilder page, Run run) {
        page.append("# Performance\n\n");
        page.append("Stave beside other stores, in one run on one machine, written by the program that measured it. ");
        page.append(
                "`./bench quick` does a small part in five minutes, `./bench all` does everything and writes this page anew.\n\n");
        page.append("Figures of one run compare with each other, and with no other run. This one began at ");
        page.append(run.facts().getOrDefault("started", "a time unknown")).append(", on commit ");
        page.append(run.facts().getOrDefault("commit", "unknown")).append(".\n\n");
    }

    static void method(StringBuilder page) {
        page.append("## Method\n\n");
        METHOD.forEach(point -> page.append("- ").append(point).append('\n'));
        page.append(
                "- † may lose acknowledged puts with the process. ‡ failed in some rounds, said below the table.\n\n");
    }

    static void machine(StringBuilder page, Run run) {
        page.append("## Machine and arguments\n\n| | |\n|---|---|\n");
        for (Map.Entry<String, String> fact : run.facts().entrySet()) {
            page.append("| ")
                    .append(fact.getKey())
                    .append(" | ")
                    .append(fact.getValue())
                    .append(" |\n");
        }
        page.append('\n');
    }

    static void settings(StringBuilder page, Run run) {
        page.append("## Peers and their settings\n\n");
        for (Run.PeerFacts peer : run.peers().values()) {
            page.append("### ").append(peer.title()).append("\n\n");
            page.append(peer.version().isEmpty() ? "" : "Version: " + peer.version() + ". ");
            page.append("A put promises: ").append(promise(peer.unforced()));
            page.append("; where puts are forced: ").append(promise(peer.forced()));
            page.append(". Gets ")
                    .append(peer.verifiesOnGet() ? "verify" : "do not verify")
                    .append(" checksums. ");
            page.append("Without a copy: ").append(peer.zeroCopyGet()).append(".\n");
            if (!peer.jvmFlags().isEmpty()) {
                page.append("Flags: ").append(String.join(" ", peer.jvmFlags())).append(".\n");
            }
            page.append('\n');
            peer.settings().forEach(setting -> page.append("- ").append(setting).append('\n'));
            page.append('\n');
        }
    }

    private static String promise(String name) {
        return name.equals("null")
                ? "takes no part"
                : name.toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
