package io.stave.crash;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A volume that really fills up: nothing acknowledged is lost, readers live, deletes go on, a merge frees, and writing works again (I8). Needs
 * root, for ext4 {@code e2fsprogs}.
 */
class FullDiskCrashIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final long seed = Long.getLong("stave.crash.seed", System.nanoTime());

    @ParameterizedTest
    @CsvSource({
        "tmpfs, 4194304, 16384, manual",
        "tmpfs, 4194304, 16384, automatic",
        "tmpfs, 4194304, 268435456, automatic",
        "ext4, 25165824, 268435456, manual",
        "ext4, 25165824, 268435456, automatic"
    })
    void fullVolumeCanBeEmptiedAndFilledAgain(String fileSystem, String bytes, String segmentLength, String policy)
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
                String.valueOf(seed),
                scratch.path().toString());
        scratch.delete();
    }
}
