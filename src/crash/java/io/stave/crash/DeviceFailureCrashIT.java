package io.stave.crash;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A force that the kernel refuses, on real file systems whose device has run out of room: the store stops, readers go on, and what was
 * acknowledged is there after the next mount (I1, I8). Needs root, {@code xfsprogs} and {@code e2fsprogs}.
 * {@code -Dstave.crash.failures=1000} makes it a campaign.
 */
class DeviceFailureCrashIT {

    private static final Duration PATIENCE_PER_FAILURE = Duration.ofSeconds(20);

    private final int failures = Integer.getInteger("stave.crash.failures", 3);
    private final long seed = Long.getLong("stave.crash.seed", System.nanoTime());

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs"})
    void everyAcknowledgedWriteSurvivesAForceThatTheKernelRefused(String fileSystem) throws Exception {
        Scratch scratch = Scratch.create("device-" + fileSystem);
        Namespace.run(
                DeviceFailure.class,
                PATIENCE_PER_FAILURE.multipliedBy(failures + 1L),
                List.of("mount", "umount", "losetup", "mkfs." + fileSystem),
                fileSystem,
                String.valueOf(failures),
                String.valueOf(seed),
                scratch.path().toString());
        scratch.delete();
    }
}
