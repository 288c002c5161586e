package io.stave.cli.tour;

import io.stave.Entry;
import io.stave.MergePolicy;
import io.stave.MergeReport;
import io.stave.Options;
import io.stave.RecoveryProgress;
import io.stave.Stats;
import io.stave.Stave;
import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Units;
import io.stave.hint.HintFile;
import io.stave.manifest.Manifest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The story: a child writes and is killed; the store is recovered and compared with the disk; the changes are completed;
 * the store is merged, then reopened as it was closed, from its hints, and once more without them. It is compared after every step.
 */
final class Tour {

    /** How a store is opened. */
    interface Opener {
        /** Opens or creates the store in a directory. */
        Stave open(Path directory, Options options);
    }

    /** Drafts, overwritten files and the merge's copies are on disk at the same time; and a little for the rest. */
    private static final int ROOM_FACTOR = 3;

    private static final long ROOM_BESIDE = 64 << 20;

    private final TourInput input;
    private final TourPlan plan;
    private final Opener opener;
    private final Progress progress;
    private final Workspace workspace;
    private final AckLog log;
    private final List<Verdict> verdicts = new ArrayList<>();
    private final List<TourResult.Opening> openings = new ArrayList<>();

    private Tour(TourInput input, Opener opener, Progress progress, Workspace workspace) {
        this.input = input;
        this.opener = opener;
        this.progress = progress;
        this.workspace = workspace;
        plan = TourPlan.of(input);
        log = new AckLog(plan.files().size());
    }

    /**
     * Makes the tour.
     *
     * @param input at least one file
     * @param parent directory in which the store is made, and removed again
     * @param opener opens the store here; the child opens it on its own
     * @param progress told what goes on; closed before the directory goes, after which this process may end any moment
     */
    static TourResult make(TourInput input, Path parent, Opener opener, Progress progress) throws IOException {
        long needed = ROOM_FACTOR * input.bytes() + ROOM_BESIDE;
        long usable = Files.getFileStore(parent).getUsableSpace();
        if (usable < needed) {
            throw new TourException(
                    ExitCode.FAILED,
                    "the store of the tour may take " + Units.bytes(needed) + ", and " + parent + " has room for "
                            + Units.bytes(usable) + ": choose another place with --temp, or a smaller folder");
        }
        try (Workspace workspace = Workspace.in(parent);
                progress) {
            return new Tour(input, opener, progress, workspace).run();
        }
    }

    private TourResult run() throws IOException {
        Child.Death death = Child.writeAndDie(workspace, plan, log, progress);
        Stats before;
        MergeReport merge;
        Stats after;
        try (Stave store = open("after SIGKILL", "recovering from the kill")) {
            check("after SIGKILL", store);
            complete(store);
            check("all changes made", store);
            before = store.stats();
            progress.step("merging");
            merge = store.merge();
            after = store.stats();
            check("after the merge", store);
            progress.step("closing");
        }
        try (Stave store = open("as closed", "reopening as closed")) {
            check("reopened as closed", store);
        }
        deleteKeydir();
        try (Stave store = open("from hints", "reopening from hints")) {
            check("reopened from hints", store);
        }
        deleteKeydir();
        deleteHints();
        try (Stave store = open("without hints", "reopening without hints")) {
            check("reopened without hints", store);
        }
        return new TourResult(input, plan, death, log.writes(), verdicts, openings, before, merge, after);
    }

    private Stave open(String moment, String step) {
        workspace.goOn();
        progress.step(step);
        RecoveryProgress listener = (phase, done, total) -> {
            workspace.goOn();
            progress.at(done, total);
        };
        // Merged by hand, so that what a merge does can be shown.
        Options options = Options.defaults()
                .segmentLength(plan.segmentLength())
                .mergePolicy(MergePolicy.manual())
                .recoveryProgress(listener);
        Stave store = opener.open(workspace.store(), options);
        openings.add(new TourResult.Opening(moment, store.recoveryReport()));
        return store;
    }

    private void check(String moment, Stave store) {
        progress.step("comparing with the disk: " + moment);
        Check.Store view = new Check.Store() {
            @Override
            public @Nullable Entry find(byte[] key) {
                return store.getEntry(key);
            }

            @Override
            public long keys() {
                return store.stats().keys();
            }
        };
        verdicts.add(Check.run(moment, plan, log, view, Content::read, done -> {
            workspace.goOn();
            progress.at(done, plan.files().size());
        }));
    }

    /** Makes the changes that the child did not come to, and once more those it may have made. */
    private void complete(Stave store) {
        progress.step("making the other changes");
        Writes writes = new Writes(store, plan);
        int done = 0;
        for (int file : plan.changes()) {
            workspace.goOn();
            if (!log.changed(file)) {
                Ack ack = writes.change(file);
                // Where the disk has nothing to put any more, what we know of the file stays as it is.
                if (ack.kind() != Ack.Kind.SKIP) {
                    log.record(ack);
                }
            }
            progress.at(++done, plan.changes().size());
        }
    }

    private void deleteKeydir() throws IOException {
        Files.deleteIfExists(workspace.store().resolve(Manifest.KEYDIR_FILE));
    }

    private void deleteHints() throws IOException {
        try (DirectoryStream<Path> hints = Files.newDirectoryStream(workspace.store(), "*" + HintFile.SUFFIX)) {
            for (Path hint : hints) {
                Files.delete(hint);
            }
        }
    }
}
