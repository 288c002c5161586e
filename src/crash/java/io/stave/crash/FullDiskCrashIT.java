package io.stave.crash;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A volume that really fills up, by the store or by others to the last byte: nothing acknowledged is lost, readers live, the store can be opened,
 * deletes go on, a merge frees, and writing works again (I8). Needs root, for ext4 {@code e2fsprogs}.
 */
class FullDiskCrashIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final long seed = Long.getLong("stave.crash.seed", System.nanoTime());

    @ParameterizedTest
    @CsvSource({
        "tmpfs, 4194304, 16384, manual, 4000",
        "tmpfs, 4194304, 16384, automatic, 4000",
        "tmpfs, 2097152, 268435456, automatic, 100",
        "ext4, 16777216, 268435456, manual, 20000",
        "ext4, 16777216, 268435456, automatic, 20000"
    })
    void fullVolumeCanBeEmptiedAndFilledAgain(
            String fileSystem, String bytes, String segmentLength, String policy, String longestValue)
            throws Exception {
        Scratch scratch = Scratch.create("full-" + fileSystem);
        List<String> tools =
                fileSystem.equals("tmpfs") ? List.of("mount", "umount") : List.of("mount", "umount", "mkfs.ext4");
        Namespace.run(
                FullDisk.class,
                PATIENCE,
                tools,
                fileSystem,
                bytes,
                segmentLength,
                policy,
                longestValue,
                String.valueOf(seed),
                scratch.path().toString());
        scratch.delete();
    }
}
