package io.stave.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stave.ClassPaths;
import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lock holds against other processes, and nothing that is tried in this one loses it. */
class ProcessLockTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    @TempDir
    Path path;

    private String tryInAnotherProcess() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.run(ChildJvm.thisJava(), List.of(), "lock", path.toString());
        assertEquals("", outcome.err());
        assertEquals(0, outcome.exit());
        return outcome.out().strip();
    }

    @Test
    void lockOfAnotherProcessRefusesUntilItEnds() throws Exception {
        Process holder = new ProcessBuilder(ChildJvm.command(ChildJvm.thisJava(), List.of(), "hold", path.toString()))
                .redirectErrorStream(true)
                .start();
        try (StoreDirectory directory = RealDirectory.open(path)) {
            assertEquals("READY", holder.inputReader().readLine());
            assertNull(directory.tryLock("LOCK"));
            holder.getOutputStream().close();
            assertEquals(0, holder.waitFor());
            try (Closeable lock = directory.tryLock("LOCK")) {
                assertNotNull(lock);
            }
        } finally {
            holder.destroyForcibly();
        }
    }

    @Test
    void lockOfAKilledProcessIsFree() throws Exception {
        Process holder = new ProcessBuilder(ChildJvm.command(ChildJvm.thisJava(), List.of(), "hold", path.toString()))
                .redirectErrorStream(true)
                .start();
        try (StoreDirectory directory = RealDirectory.open(path)) {
            assertEquals("READY", holder.inputReader().readLine());
            holder.destroyForcibly();
            assertEquals(128 + 9, holder.waitFor());
            try (Closeable lock = directory.tryLock("LOCK")) {
                assertNotNull(lock);
            }
        } finally {
            holder.destroyForcibly();
        }
    }

    @Test
    void refusedAttemptsInThisProcessDoNotLoseTheLock() throws Exception {
        Path link = Files.createTempDirectory("link").resolve("store");
        Files.createSymbolicLink(link, path);
        try (StoreDirectory directory = RealDirectory.open(path);
                StoreDirectory again = RealDirectory.open(path);
                StoreDirectory byAnotherPath = RealDirectory.open(link);
                Closeable lock = directory.tryLock("LOCK")) {
            assertNotNull(lock);
            assertNull(directory.tryLock("LOCK"));
            assertNull(again.tryLock("LOCK"));
            assertNull(byAnotherPath.tryLock("LOCK"));
            assertEquals("REFUSED", tryInAnotherProcess());
        } finally {
            Files.delete(link);
            Files.delete(link.getParent());
        }
        assertEquals("LOCKED", tryInAnotherProcess());
    }

    /** Closing any descriptor of the file drops the lock: so there is one and no other. */
    @Test
    void lockFileIsOpenOnceHoweverOftenItIsTried() throws IOException {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "there is no " + DESCRIPTORS);
        try (StoreDirectory directory = RealDirectory.open(path)) {
            Closeable stale = directory.tryLock("LOCK");
            assertNotNull(stale);
            stale.close();
            try (Closeable lock = directory.tryLock("LOCK")) {
                assertNotNull(lock);
                stale.close(); // twice: not its lock any more
                assertNull(directory.tryLock("LOCK"));
                assertEquals(1, descriptors());
            }
            assertEquals(0, descriptors());
        }
    }

    private long descriptors() throws IOException {
        Path lock = path.toRealPath().resolve("LOCK");
        long count = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path one : all) {
                try {
                    count += Files.readSymbolicLink(one).equals(lock) ? 1 : 0;
                } catch (NoSuchFileException e) {
                    continue; // closed meanwhile
                }
            }
        }
        return count;
    }

    /** Another copy of the library, as another web application in the same JVM would have it. */
    @Test
    void attemptsOfAnotherClassLoaderDoNotLoseTheLock() throws Exception {
        URL[] classes = {Path.of(ClassPaths.of(RealDirectory.class)).toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader());
                StoreDirectory directory = RealDirectory.open(path)) {
            Class<?> copy = loader.loadClass(RealDirectory.class.getName());
            Closeable other = (Closeable) copy.getMethod("open", Path.class).invoke(null, path);
            Method tryLock = copy.getMethod("tryLock", String.class);
            try (Closeable lock = directory.tryLock("LOCK")) {
                assertNotNull(lock);
                for (int i = 0; i < 3; i++) {
                    assertNull(tryLock.invoke(other, "LOCK"));
                }
                other.close();
                assertEquals("REFUSED", tryInAnotherProcess());
            }
            Closeable second = (Closeable) copy.getMethod("open", Path.class).invoke(null, path);
            try (Closeable lock = (Closeable) tryLock.invoke(second, "LOCK")) {
                assertNotNull(lock);
                assertNull(directory.tryLock("LOCK"));
                assertEquals("REFUSED", tryInAnotherProcess());
            }
            second.close();
            try (Closeable lock = directory.tryLock("LOCK")) {
                assertNotNull(lock);
            }
        }
        assertEquals("LOCKED", tryInAnotherProcess());
    }

    @Test
    void lockFileThatCannotBeOpenedIsNamed() throws IOException {
        Files.createDirectory(path.resolve("LOCK"));
        try (StoreDirectory directory = RealDirectory.open(path)) {
            IOException failure = assertThrows(IOException.class, () -> directory.tryLock("LOCK"));
            StoreDirectoryContract.assertNames("LOCK", failure);
        }
    }
}
