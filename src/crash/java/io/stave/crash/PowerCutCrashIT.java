package io.stave.crash;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Power cuts on real file systems while the store writes in SYNC: what was acknowledged, or seen by a reader, is there after the next
 * mount (I1, I2). Needs root, {@code xfsprogs} and {@code e2fsprogs}. {@code -Dstave.crash.cuts=1000} makes it a campaign.
 */
class PowerCutCrashIT {

    private static final Duration PATIENCE_PER_CUT = Duration.ofSeconds(20);

    private final int cuts = Integer.getInteger("stave.crash.cuts", 20);
    private final long seed = Long.getLong("stave.crash.seed", System.nanoTime());

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs"})
    void everyAcknowledgedWriteSurvivesPowerLoss(String fileSystem) throws Exception {
        Scratch scratch = Scratch.create("power-" + fileSystem);
        Namespace.run(
                PowerCuts.class,
                PATIENCE_PER_CUT.multipliedBy(cuts + 1L),
                List.of("mount", "umount", "mkfs." + fileSystem, "xfs_io"),
                fileSystem,
                String.valueOf(cuts),
                String.valueOf(seed),
                scratch.path().toString());
        scratch.delete();
    }
}
