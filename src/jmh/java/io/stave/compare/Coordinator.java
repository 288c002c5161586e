package io.stave.compare;

import io.stave.compare.peer.LimitPeer;
import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Peer;
import io.stave.compare.peer.Promise;
import io.stave.compare.peer.Way;
import io.stave.compare.result.Fairness;
import io.stave.compare.result.Measurement;
import io.stave.compare.result.Measurement.Status;
import io.stave.compare.result.Run;
import io.stave.compare.work.Context;
import io.stave.compare.work.Directories;
import io.stave.compare.work.Work;
import io.stave.compare.work.Works;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Does all works with all peers, round after round, and keeps what was measured: after each peer the file is written anew. What goes onto an
 * earlier run has rounds of its own, for figures are compared within a round.
 */
final class Coordinator {
    private static final long SEED = 20_260_101;

    private final Arguments arguments;
    private final PrintStream out;
    private final List<Measurement> measurements = new ArrayList<>();
    private final Path scratch;
    private final Launcher launcher;

    Coordinator(Arguments arguments, PrintStream out) throws IOException {
        this.arguments = arguments;
        this.out = out;
        Files.createDirectories(arguments.directory());
        scratch = Files.createTempDirectory(arguments.directory(), "stores-");
        launcher = new Launcher(arguments, scratch.resolve("stderr"));
    }

    Run run(Run before) throws IOException, InterruptedException {
        Map<String, String> facts = new LinkedHashMap<>(Machine.facts(arguments.directory()));
        facts.putAll(arguments.facts());
        measurements.addAll(before.measurements());
        int first = before.rounds();
        Run run = new Run(before.factsWith(facts), before.peersWith(peerFacts()), measurements);
        Thread interrupted = new Thread(() -> Directories.deleteQuietly(scratch));
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            for (int round = first; round < first + arguments.rounds(); round++) {
                for (long keys : arguments.keys()) {
                    for (int valueBytes : arguments.values()) {
                        for (Peer peer : inTurn(arguments.peers(), round)) {
                            new Chain(round, peer, keys, valueBytes).run();
                            run.write(arguments.output());
                        }
                    }
                }
            }
        } finally {
            Directories.delete(scratch);
            Runtime.getRuntime().removeShutdownHook(interrupted);
        }
        return run;
    }

    /** Each round begins with another peer, and every other one goes backwards, so that nobody always comes first, or after the same one. */
    static <T> List<T> inTurn(List<T> all, int round) {
        List<T> turned = new ArrayList<>(all);
        if (round % 2 == 1) {
            Collections.reverse(turned);
        }
        Collections.rotate(turned, -round);
        return turned;
    }

    private Map<String, Run.PeerFacts> peerFacts() {
        Map<String, Run.PeerFacts> facts = new LinkedHashMap<>();
        for (Peer peer : arguments.peers()) {
            facts.put(
                    peer.name(),
                    new Run.PeerFacts(
                            peer.title(),
                            peer.version(),
                            String.valueOf(peer.promise(Mode.FORCED)),
                            String.valueOf(peer.promise(Mode.UNFORCED)),
                            peer.verifiesOnGet(),
                            peer.zeroCopyGet(),
                            peer.jvmFlags(),
                            peer.settings()));
        }
        return facts;
    }

    /** One peer's works, in order, on one amount of data. */
    private final class Chain {
        private final int round;
        private final Peer peer;
        private final long keys;
        private final int valueBytes;
        private final Path loaded;

        /** Why there is no loaded store; empty while there is one, null before it was tried. */
        private String noStore;

        Chain(int round, Peer peer, long keys, int valueBytes) {
            this.round = round;
            this.peer = peer;
            this.keys = keys;
            this.valueBytes = valueBytes;
            loaded = scratch.resolve(peer.name());
        }

        void run() throws IOException, InterruptedException {
            for (Work work : arguments.works()) {
                if (!takesPart(work)) {
                    continue;
                }
                for (Way way : work.ways(peer)) {
                    String why = whyNot(work);
                    if (why != null) {
                        keep(work.name(), way, 0, Launcher.Ended.badly(Status.SKIPPED, why));
                    } else if (work.name().equals(Works.LOAD)) {
                        load(work, way);
                    } else if (work.needs() == Work.Needs.EMPTY || peer instanceof LimitPeer) {
                        measureEmpty(work, way);
                    } else {
                        measureLoaded(work, way);
                    }
                }
            }
            Directories.delete(loaded);
        }

        private boolean takesPart(Work work) {
            return (peer.only().isEmpty() || peer.only().contains(work.name()))
                    && (!(peer instanceof LimitPeer) || work.hasLimit());
        }

        private String whyNot(Work work) {
            Promise promise = peer.promise(work.mode());
            if (!Fairness.admits(work.mode(), promise)) {
                return work.mode() == Mode.FORCED ? "does not force" : "cannot but force";
            }
            String refusal = work.refuses(peer);
            return refusal != null ? refusal : launcher.obstacle(peer);
        }

        /** The store that the usual way leaves behind is the one that all other works are given. */
        private void load(Work work, Way way) throws IOException, InterruptedException {
            if (peer instanceof LimitPeer || way != peer.ways().get(0)) {
                measureEmpty(work, way);
            } else if (noStore == null) {
                Launcher.Ended ended = measure(work, way, loaded);
                noStore = ended.status() == Status.OK ? "" : "its load " + ended.status() + ": " + ended.reason();
            }
        }

        private void measureEmpty(Work work, Way way) throws IOException, InterruptedException {
            Path empty = scratch.resolve(peer.name() + "-empty");
            measure(work, way, empty);
            Directories.delete(empty);
        }

        private void measureLoaded(Work work, Way way) throws IOException, InterruptedException {
            load(Works.named(Works.LOAD), peer.ways().get(0));
            if (!noStore.isEmpty()) {
                keep(work.name(), way, 0, Launcher.Ended.badly(Status.FAILED, noStore));
                return;
            }
            if (work.killed() != null) {
                Launcher.Ended ended = launcher.kill(work.killed().name(), context(way, loaded));
                if (ended.status() != Status.OK) {
                    keep(work.name(), way, 0, ended);
                    return;
                }
            }
            measure(work, way, loaded);
        }

        private Launcher.Ended measure(Work work, Way way, Path directory) throws IOException, InterruptedException {
            Files.createDirectories(directory);
            Directories.sync(scratch);
            long start = System.nanoTime();
            Launcher.Ended ended = launcher.run(work.name(), context(way, directory));
            keep(work.name(), way, (System.nanoTime() - start) / 1e9, ended);
            return ended;
        }

        private Context context(Way way, Path directory) {
            return new Context(peer, way, directory, keys, valueBytes, arguments.seconds(), SEED + round);
        }

        private void keep(String work, Way way, double seconds, Launcher.Ended ended) {
            Measurement measurement = new Measurement(
                    round,
                    work,
                    peer.name(),
                    way.name(),
                    keys,
                    valueBytes,
                    ended.status(),
                    ended.reason(),
                    seconds,
                    ended.figures());
            measurements.add(measurement);
            out.println(Progress.line(measurement));
        }
    }
}
