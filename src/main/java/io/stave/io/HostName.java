package io.stave.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of this machine, found without asking the network (I12). */
public final class HostName {

    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private HostName() {}

    /** The name as the kernel or the environment has it, or "unknown". */
    public static String get() {
        try {
            return Files.readString(KERNEL, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            // Not Linux, or /proc is not mounted: the environment may know.
            return System.getenv().getOrDefault("HOSTNAME", System.getenv().getOrDefault("COMPUTERNAME", "unknown"));
        }
    }
}
