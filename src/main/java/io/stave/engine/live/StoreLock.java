package io.stave.engine.live;

import io.stave.StoreLockedException;
import io.stave.engine.base.StoreLog;
import io.stave.io.HostName;
import io.stave.io.NoSpaceException;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.WritableFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The exclusive hold on a store: the process lock on {@code LOCK}, and {@code OWNER}, which says who has it.
 *
 * <p>Only the lock decides; {@code OWNER} is a courtesy to whoever is refused, so a stale or unreadable one never stands in the way.
 */
public final class StoreLock implements Closeable {

    private static final String LOCK = "LOCK";
    private static final String OWNER = "OWNER";
    private static final int MAX_OWNER_LENGTH = 4096;

    private final StoreDirectory directory;
    private final Closeable lock;

    private StoreLock(StoreDirectory directory, Closeable lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Takes the lock.
     *
     * @throws StoreLockedException if another process, or somebody in this one, has it
     */
    public static StoreLock acquire(StoreDirectory directory) throws IOException {
        Closeable lock = directory.tryLock(LOCK);
        if (lock == null) {
            throw refused(directory);
        }
        StoreLock held = new StoreLock(directory, lock);
        try {
            held.writeOwner();
        } catch (IOException | RuntimeException | Error e) {
            try (held) {
                throw e;
            }
        }
        return held;
    }

    private void writeOwner() throws IOException {
        String text =
                "pid=" + ProcessHandle.current().pid() + "\nhost=" + HostName.get() + "\nsince=" + Instant.now() + "\n";
        directory.delete(OWNER);
        try (WritableFile owner = directory.create(OWNER)) {
            owner.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
        } catch (NoSpaceException e) {
            // A full disk must not keep the store from being opened and emptied.
            new StoreLog(directory.path()).debug("no room for " + OWNER, e);
        }
    }

    private static StoreLockedException refused(StoreDirectory directory) {
        Properties owner = readOwner(directory);
        return new StoreLockedException(
                directory.path(),
                pid(owner.getProperty("pid")),
                owner.getProperty("host"),
                instant(owner.getProperty("since")));
    }

    private static Properties readOwner(StoreDirectory directory) {
        Properties owner = new Properties();
        try (ReadableFile file = directory.open(OWNER)) {
            ByteBuffer text = ByteBuffer.allocate((int) Math.min(file.length(), MAX_OWNER_LENGTH));
            file.read(text, 0);
            String lines = new String(text.array(), 0, text.position(), StandardCharsets.UTF_8);
            lines.lines().forEach(line -> {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    owner.setProperty(line.substring(0, equals), line.substring(equals + 1));
                }
            });
        } catch (IOException e) {
            // Nobody has to say who holds the lock; the exception then says that it is unknown.
            return owner;
        }
        return owner;
    }

    private static @Nullable Long pid(@Nullable String text) {
        try {
            return text == null ? null : Long.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable Instant instant(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Gives the store free. */
    @Override
    public void close() throws IOException {
        try {
            directory.delete(OWNER);
        } finally {
            lock.close();
        }
    }
}
