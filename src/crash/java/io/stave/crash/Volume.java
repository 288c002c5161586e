package io.stave.crash;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A file system of its own, to be mounted, filled up and cut off: ext4 or xfs in an image file on a loop device, or a tmpfs. Needs root.
 *
 * <p>Use it in a private mount namespace ({@link Namespace}): then nothing stays mounted however the JVM ends. The kernel chooses the loop
 * device and gives it back at the unmount.
 */
final class Volume implements Closeable {

    private static final int UNMOUNT_TRIES = 20;
    private static final int MOST_AT_A_TIME = 1 << 20;
    private static final int LEAST_AT_A_TIME = 512;

    private final Path mountPoint;
    private final List<String> mount;
    private boolean mounted;

    private Volume(Path mountPoint, List<String> mount) {
        this.mountPoint = mountPoint;
        this.mount = mount;
    }

    /** Makes an empty ext4 or xfs of so many bytes in a sparse image file, and mounts it. */
    static Volume format(String fileSystem, Path directory, long bytes) throws IOException, InterruptedException {
        return format(fileSystem, directory, bytes, "loop");
    }

    /** The same where no power is cut: a force need not reach the disk below the image, which takes it milliseconds. */
    static Volume formatUnsafe(String fileSystem, Path directory, long bytes) throws IOException, InterruptedException {
        return format(fileSystem, directory, bytes, "loop,barrier=0");
    }

    private static Volume format(String fileSystem, Path directory, long bytes, String options)
            throws IOException, InterruptedException {
        Path image = Files.createFile(directory.resolve("image"));
        run("truncate", "-s", String.valueOf(bytes), image.toString());
        if (fileSystem.equals("ext4")) {
            // Nothing for root alone: it would have room of which no file system tells.
            run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
        } else {
            run("mkfs." + fileSystem, "-q", "-f", image.toString());
        }
        Path mountPoint = Files.createDirectory(directory.resolve("mnt"));
        Volume volume = new Volume(
                mountPoint, List.of("mount", "-t", fileSystem, "-o", options, image.toString(), mountPoint.toString()));
        volume.mount();
        return volume;
    }

    /** Mounts an empty tmpfs of so many bytes. */
    static Volume tmpfs(Path directory, long bytes) throws IOException, InterruptedException {
        Path mountPoint = Files.createDirectory(directory.resolve("mnt"));
        Volume volume = new Volume(
                mountPoint, List.of("mount", "-t", "tmpfs", "-o", "size=" + bytes, "stave", mountPoint.toString()));
        volume.mount();
        return volume;
    }

    Path path() {
        return mountPoint;
    }

    void mount() throws IOException, InterruptedException {
        run(mount.toArray(String[]::new));
        mounted = true;
    }

    /**
     * Cuts the power: the file system ends as it is on its device, without its log being flushed. What was not forced is lost, and
     * every later call fails.
     *
     * @return the time of the monotonic clock just before; the cut itself follows within a millisecond
     */
    long cut() throws IOException, InterruptedException {
        Process xfsIo = new ProcessBuilder("xfs_io", "-x", mountPoint.toString())
                .redirectErrorStream(true)
                .start();
        try (OutputStream commands = xfsIo.getOutputStream()) {
            TimeUnit.MILLISECONDS.sleep(20); // it is waiting for commands by now, so that the next one is not held up
            long before = System.nanoTime();
            commands.write("shutdown\nquit\n".getBytes(StandardCharsets.US_ASCII));
            commands.close();
            String output = new String(xfsIo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (xfsIo.waitFor() != 0) {
                throw new IOException("xfs_io: " + output);
            }
            return before;
        }
    }

    /** Does what another program may do: takes all the room there is, to the last byte, for a file. */
    static void crowd(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int bytes = MOST_AT_A_TIME; bytes >= LEAST_AT_A_TIME; ) {
                try {
                    out.write(new byte[bytes]);
                } catch (IOException e) {
                    if (!String.valueOf(e.getMessage()).contains("No space left")) {
                        throw e;
                    }
                    bytes /= 2;
                }
            }
        }
    }

    /** Has the loop device write no more than a page at a time, until the unmount. */
    void shortRequests() throws IOException, InterruptedException {
        String image = mountPoint.resolveSibling("image").toString();
        String device = Path.of(output("losetup", "-n", "-O", "NAME", "-j", image))
                .getFileName()
                .toString();
        Files.writeString(Path.of("/sys/block", device, "queue/max_sectors_kb"), "4");
    }

    /** Unmounts. Fails if anybody still uses a file or a mapping there. */
    void unmount() throws IOException, InterruptedException {
        for (int tries = 1; mounted; tries++) {
            try {
                run("umount", mountPoint.toString());
                mounted = false;
            } catch (IOException e) {
                if (tries == UNMOUNT_TRIES) {
                    throw e;
                }
                System.gc(); // a mapping that was lent is left to the collector on Java 17
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            unmount();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while unmounting " + mountPoint, e);
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        String unused = output(command);
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        if (exit != 0) {
            throw new IOException(String.join(" ", command) + ": exit " + exit + ", " + output.strip());
        }
        return output.strip();
    }
}
