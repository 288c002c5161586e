package io.stave.crash;

import io.stave.RecoveryReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Cuts the power of a file system while a workload writes to it in SYNC, mounts it again and verifies; so many times over the same store.
 * Runs in a {@link Namespace}. The journals lie on another file system, which loses nothing.
 */
public final class PowerCuts {

    private static final long VOLUME_BYTES = 512L << 20;
    private static final int SHORTEST_RUN_MILLIS = 50;
    private static final int LONGEST_RUN_MILLIS = 500;

    /** So long the threads go on without a disk: time to see what was shown too early. */
    private static final int AFTERMATH_MILLIS = 30;

    private static final String EIO = "force failed: Input/output error";

    /** In so many cuts one falls into a force for certain: that is where the threads spend their time. */
    private static final int MANY = 20;

    private final String fileSystem;
    private final int times;
    private final long seed;
    private final Path scratch;
    private final SplittableRandom random;
    private final History history = new History();

    private long cuts;
    private long bytesCut;
    private long dropped;
    private long strays;
    private long refused;

    private PowerCuts(String fileSystem, int times, long seed, Path scratch) {
        this.fileSystem = fileSystem;
        this.times = times;
        this.seed = seed;
        this.scratch = scratch;
        this.random = new SplittableRandom(seed);
    }

    /** Arguments: file system, number of cuts, seed, and a directory for image and journals. */
    public static void main(String[] arguments) throws Exception {
        Path scratch = Path.of(arguments[3]);
        Volume made;
        try {
            made = Volume.format(arguments[0], scratch, VOLUME_BYTES);
        } catch (IOException e) {
            System.out.println(e.getMessage());
            System.exit(Namespace.CANNOT_MOUNT);
            return;
        }
        try (Volume volume = made) {
            new PowerCuts(arguments[0], Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]), scratch)
                    .run(volume);
        } catch (Throwable e) {
            e.printStackTrace(System.out);
            System.exit(1);
        }
    }

    private void run(Volume volume) throws Exception {
        Path journals = Files.createDirectory(scratch.resolve("journals"));
        Settings settings = Settings.of(volume.path().resolve("store"), journals, seed);
        for (int cycle = 1; cycle <= times; cycle++) {
            settings = settings.epoch(cycle, Files.createDirectory(journals.resolve("" + cycle)));
            long cut = runAndCut(settings, volume);
            volume.unmount();
            volume.mount();
            history.absorb(settings.journals(), cut);
            count(
                    cycle % 2 == 0
                            ? Verifier.verify(settings.store(), settings.options(), history)
                            : Verifier.verifyCopy(
                                    settings.store(), volume.path().resolve("copy"), settings.options(), history));
            Scratch.deleteAll(settings.journals());
        }
        System.out.println("Power cut, " + fileSystem + ": " + times + " cuts; " + history + "; " + cuts + " tails of "
                + bytesCut + " bytes cut, " + dropped + " segments dropped behind them, " + strays
                + " stray files; " + refused + " times a force met EIO; nothing lost. Seed " + seed);
        if (times >= MANY && refused == 0) {
            throw new AssertionError("the kernel refused no force");
        }
        if (history.acknowledged() < times) {
            throw new AssertionError("hardly anything was written");
        }
    }

    private void count(RecoveryReport found) {
        cuts += found.cuts().size();
        bytesCut += found.cuts().stream()
                .mapToLong(RecoveryReport.Cut::bytesDropped)
                .sum();
        dropped += found.droppedSegments().size();
        strays += found.strayFilesDeleted().size();
    }

    /** Returns when the power was cut. */
    private long runAndCut(Settings settings, Volume volume) throws Exception {
        try (Jvm child = Jvm.start(Workload.class, List.of(), settings.toArguments())) {
            child.await(Run.READY);
            Thread.sleep(random.nextInt(SHORTEST_RUN_MILLIS, LONGEST_RUN_MILLIS));
            if (!child.lines(Run.TROUBLE).isEmpty() || child.said(Run.STOPPED)) {
                throw new AssertionError("Trouble before the cut:\n" + child.output());
            }
            long cut = volume.cut();
            child.await(Run.TROUBLE, Run.STOPPED); // no write succeeds any more
            Thread.sleep(AFTERMATH_MILLIS);
            int exit = child.kill();
            refused += child.lines(Run.STOPPED).stream().anyMatch(line -> line.contains(EIO)) ? 1 : 0;
            if (exit != Jvm.KILLED || child.said(Run.VIOLATION)) {
                throw new AssertionError("Exit " + exit + ":\n" + child.output());
            }
            return cut;
        }
    }
}
