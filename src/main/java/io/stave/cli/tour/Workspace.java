package io.stave.cli.tour;

import io.stave.cli.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the tour must not leave behind: a temporary directory and a child process. Both are gone when it is closed, and
 * also when this process is interrupted or asked to end.
 */
final class Workspace implements AutoCloseable {

    private static final long CLOSE_SECONDS = 10;
    private static final int ATTEMPTS = 5;

    private final Path directory;
    private final Thread hook = new Thread(this::abandon, "stave-tour-cleanup");
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean abandoned;
    private volatile @Nullable ProcessHandle child;

    private Workspace(Path directory) {
        this.directory = directory;
    }

    /** Makes a directory inside another one. */
    static Workspace in(Path parent) throws IOException {
        Workspace workspace = new Workspace(Files.createTempDirectory(parent, "stave-tour-"));
        Runtime.getRuntime().addShutdownHook(workspace.hook);
        return workspace;
    }

    /** Where the store is to be. */
    Path store() {
        return directory.resolve("store");
    }

    /** Where the child complains. */
    Path complaints() {
        return directory.resolve("child.err");
    }

    /** Answers for a process from now on. */
    void adopt(ProcessHandle process) {
        child = process;
        if (abandoned) {
            process.destroyForcibly();
        }
    }

    /** To be called between any two things that take time: throws if this process is about to end. */
    void goOn() {
        if (abandoned) {
            throw new TourException(ExitCode.FAILED, "interrupted");
        }
    }

    /** Stops the child, makes the tour end, and waits a while for that, so that the store is closed before it is deleted. */
    private void abandon() {
        abandoned = true;
        killChild();
        try {
            if (!closed.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                delete();
            }
        } catch (InterruptedException e) {
            delete();
        }
    }

    @Override
    public void close() {
        killChild();
        delete();
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is running.
        }
    }

    private void killChild() {
        ProcessHandle process = child;
        if (process != null && process.destroyForcibly()) {
            process.onExit().join();
        }
    }

    /** Whatever still writes there while we delete makes us start again. */
    private void delete() {
        for (int i = 0; i < ATTEMPTS && Files.exists(directory); i++) {
            try {
                deleteTree(directory);
            } catch (IOException e) {
                // Tried again, and then left to the system's own care for its temporary directory.
            }
        }
    }

    private static void deleteTree(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, @Nullable IOException failure) throws IOException {
                Files.deleteIfExists(path);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
