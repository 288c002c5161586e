package io.stave.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Has the kernel itself refuse a force while a workload writes in SYNC: the file system lies in an image on a tmpfs, and the tmpfs is filled up
 * behind its back, as a thin volume may be. The writes still fit into the page cache, and the force that follows meets the error of the device.
 * Runs in a {@link Namespace}; the journals lie on another file system.
 *
 * <p>The loop device reports success for a request of which only a part found room. So that it tells the truth, its requests are no longer than a
 * page: {@link Volume#shortRequests}.
 */
public final class DeviceFailure {

    private static final long BACKING_BYTES = 256L << 20;
    private static final long VOLUME_BYTES = 512L << 20;
    private static final int SHORTEST_RUN_MILLIS = 100;
    private static final int LONGEST_RUN_MILLIS = 500;

    /** So long the threads go on with a store that has stopped: readers must not notice. */
    private static final int AFTERMATH_MILLIS = 200;

    /** What the store says, whichever errno the kernel chose: of a device without room Linux says ENOSPC, or EIO. */
    private static final String FORCE = "force failed";

    private DeviceFailure() {}

    /** Arguments: file system, number of failures, seed, and a directory for the tmpfs and journals. */
    public static void main(String[] arguments) throws Exception {
        Path scratch = Path.of(arguments[3]);
        Volume tmpfs;
        try {
            tmpfs = Volume.tmpfs(scratch, BACKING_BYTES);
        } catch (IOException e) {
            System.out.println(e.getMessage());
            System.exit(Namespace.CANNOT_MOUNT);
            return;
        }
        try (tmpfs;
                Volume volume = Volume.format(arguments[0], tmpfs.path(), VOLUME_BYTES)) {
            try {
                volume.shortRequests();
            } catch (IOException e) {
                System.out.println("the loop device cannot be told to be honest: " + e.getMessage());
                System.exit(Namespace.CANNOT_MOUNT);
            }
            run(arguments[0], Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]), tmpfs, volume);
        } catch (Throwable e) {
            e.printStackTrace(System.out);
            System.exit(1);
        }
    }

    private static void run(String fileSystem, int times, long seed, Volume tmpfs, Volume volume) throws Exception {
        Path journals = Files.createDirectory(tmpfs.path().resolveSibling("journals"));
        SplittableRandom random = new SplittableRandom(seed);
        History history = new History();
        Settings settings = Settings.of(volume.path().resolve("store"), journals, seed);
        for (int cycle = 1; cycle <= times; cycle++) {
            settings = settings.epoch(cycle, Files.createDirectory(journals.resolve("" + cycle)));
            Path filler = tmpfs.path().resolve("filler");
            runAndFail(settings, filler, random.nextInt(SHORTEST_RUN_MILLIS, LONGEST_RUN_MILLIS));
            Files.delete(filler);
            volume.unmount();
            volume.mount();
            volume.shortRequests();
            history.absorb(settings.journals(), History.NO_CUT);
            Verifier.verify(settings.store(), settings.options(), history);
        }
        System.out.println("The kernel refused a force of " + fileSystem + ": " + times + " times; " + history
                + "; nothing lost. Seed " + seed);
        if (history.acknowledged() < times) {
            throw new AssertionError("hardly anything was written");
        }
    }

    private static void runAndFail(Settings settings, Path filler, int millis) throws Exception {
        try (Jvm child = Jvm.start(Workload.class, List.of(), settings.toArguments())) {
            child.await(Run.READY);
            Thread.sleep(millis);
            if (child.said(Run.TROUBLE) || child.said(Run.STOPPED)) {
                throw new AssertionError("Trouble before the disk failed:\n" + child.output());
            }
            Volume.crowd(filler);
            child.await(Run.STOPPED);
            Thread.sleep(AFTERMATH_MILLIS);
            int exit = child.kill();
            boolean byForce = child.lines(Run.STOPPED).get(0).contains(FORCE);
            if (exit != Jvm.KILLED || !byForce || child.said(Run.VIOLATION)) {
                throw new AssertionError("Exit " + exit + ":\n" + child.output());
            }
        }
    }
}
