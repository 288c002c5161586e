package io.stave.cli.tour;

import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Units;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The parent's side of the process that writes: starts it, logs what it reports, and kills it with SIGKILL when half of
 * the changes are acknowledged. Each change needs leave, and as many are out as there are writers: so the kill always
 * falls among changes that are under way.
 */
final class Child {

    /** What a shell sees of a process that died of SIGKILL: 128, and 9 for the signal. */
    static final int KILLED = 128 + 9;

    private static final int COMPLAINT_LIMIT = 4000;

    private final Workspace workspace;
    private final TourPlan plan;
    private final AckLog log;
    private final Progress progress;
    private final Process process;
    private final AckReader reports;
    private final DataOutputStream orders;

    /**
     * What became of it.
     *
     * @param putting how long it took until all files had been put
     * @param puts files put
     * @param changes changes acknowledged before it died
     * @param inFlight changes it may or may not have made
     * @param exitCode how it died
     */
    record Death(Duration putting, int puts, int changes, int inFlight, int exitCode) {}

    private Child(Workspace workspace, TourPlan plan, AckLog log, Progress progress) throws IOException {
        this.workspace = workspace;
        this.plan = plan;
        this.log = log;
        this.progress = progress;
        process = new ProcessBuilder(List.of(
                        java(),
                        "-cp",
                        classPath(),
                        ChildMain.class.getName(),
                        workspace.store().toString()))
                .redirectError(workspace.complaints().toFile())
                .start();
        workspace.adopt(process.toHandle());
        reports = new AckReader(process.getInputStream());
        orders = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
    }

    /** Lets a child write, and kills it. */
    static Death writeAndDie(Workspace workspace, TourPlan plan, AckLog log, Progress progress) throws IOException {
        return new Child(workspace, plan, log, progress).run();
    }

    private Death run() throws IOException {
        int files = plan.files().size();
        int changes = plan.changes().size();
        progress.step("a child JVM puts " + Units.counted(files, "file"));
        order(() -> plan.writeTo(orders));
        if (next().kind() != Ack.Kind.READY) {
            throw failure("it wrote before it was ready");
        }
        long begin = System.nanoTime();
        while (log.puts() + log.skips() < files) {
            log.record(next());
            progress.at(log.puts(), files);
        }
        Duration putting = Duration.ofNanos(System.nanoTime() - begin);

        progress.step("the child overwrites and deletes, and will be killed");
        int granted = 0;
        int done = 0;
        while (granted < Math.min(changes, ChildMain.WRITERS)) {
            grant(granted++);
        }
        while (done < changes / 2) {
            log.record(next());
            done++;
            progress.at(done, changes);
            if (granted < changes && done < changes / 2) {
                grant(granted++);
            }
        }
        return kill(putting);
    }

    /** A child that is gone says why better than a broken pipe does. */
    private void order(Order order) throws IOException {
        try {
            order.give();
            orders.flush();
        } catch (IOException e) {
            throw failure("it did not listen: " + e.getMessage());
        }
    }

    private interface Order {
        void give() throws IOException;
    }

    private void grant(int change) throws IOException {
        log.mayBegin(plan.changes().get(change));
        order(() -> orders.write(1));
    }

    private Death kill(Duration putting) throws IOException {
        // Through its handle: Process.destroyForcibly() also closes the pipe, with acknowledgements still in it.
        process.toHandle().destroyForcibly();
        for (Ack ack = reports.next(); ack != null; ack = reports.next()) {
            log.record(ack);
        }
        int exitCode = await();
        if (exitCode != KILLED) {
            throw failure("it was to die of SIGKILL");
        }
        return new Death(putting, log.puts(), log.overwrites() + log.deletes(), log.inFlight(), exitCode);
    }

    private Ack next() throws IOException {
        Ack ack = reports.next();
        workspace.goOn();
        if (ack == null) {
            throw failure("it ended by itself");
        }
        return ack;
    }

    private TourException failure(String what) throws IOException {
        workspace.goOn();
        process.toHandle().destroyForcibly();
        int exitCode = await();
        boolean typed = exitCode == ExitCode.CORRUPTION || exitCode == ExitCode.LOCKED;
        return new TourException(
                typed ? exitCode : ExitCode.FAILED,
                "the writing child failed: " + what + "; exit code " + exitCode + complaints(workspace.complaints()));
    }

    private int await() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String complaints(Path file) throws IOException {
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
        return text.isEmpty()
                ? ""
                : "\n" + (text.length() > COMPLAINT_LIMIT ? text.substring(0, COMPLAINT_LIMIT) : text);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }
}
