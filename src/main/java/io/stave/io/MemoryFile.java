package io.stave.io;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Private memory from a file that is never written.
 *
 * <p>Direct buffers are capped at the size of the heap unless a flag says otherwise; private mappings are not. A store into
 * a private mapping copies the page and never reaches the file, so all allocations map the same region of one sparse file
 * without blocks, which has no name any more and vanishes with the process.
 *
 * <p>A page that was not copied yet is still the file's: once the file system has failed, touching it is a fault, in whichever
 * thread it happens (seen on xfs after a forced shutdown; not on ext4). So every page is copied at once, and from then on the
 * memory depends on no disk. Those who allocate use all of it anyway.
 *
 * <p>A hole in a file on tmpfs is different: even reading it takes a page of that file system, and when there is none the
 * process gets a SIGBUS. So tmpfs is the last resort, and there the file is filled with zeros before it is mapped: a full
 * disk is then an exception here and no fault later.
 */
final class MemoryFile implements Closeable {

    private static final String PREFIX = "memory-";
    private static final String SUFFIX = ".tmp";
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs", "devtmpfs", "hugetlbfs");
    private static final int FILL_STEP = 1 << 20;
    private static final int PAGE = 4096; // the smallest there is; larger ones are touched more often than needed
    private static final AtomicLong NEXT = new AtomicLong();

    private final List<Path> places;

    /** The store's directory, where a leftover can only be ours; null if it is not among the places. */
    private final @Nullable Path own;

    /** The open file, of the place it was possible in. Guarded by this, like the three below. */
    private @Nullable FileChannel channel;

    private volatile Path file; // for messages without the lock too
    private boolean filled;
    private long length;

    /** Tries the store's directory first: it has room, and is on a disk. */
    MemoryFile(Path storeDirectory) {
        this(Stream.concat(Stream.of(storeDirectory), elsewhere()).toList(), storeDirectory);
    }

    /** Tries the places in this order. */
    MemoryFile(List<Path> places) {
        this(places, null);
    }

    private MemoryFile(List<Path> places, @Nullable Path own) {
        this.places = List.copyOf(places);
        this.own = own;
        this.file = this.places.isEmpty() ? Path.of(PREFIX) : this.places.get(0);
    }

    /** Memory from anywhere but the store's directory, in which nothing may be created. */
    static MemoryFile outside(Path storeDirectory) {
        Path store = storeDirectory.toAbsolutePath().normalize();
        return new MemoryFile(elsewhere()
                .filter(place -> !place.toAbsolutePath().normalize().startsWith(store))
                .toList());
    }

    private static Stream<Path> elsewhere() {
        return Stream.of(
                Path.of(System.getProperty("java.io.tmpdir", ".")),
                Path.of("/var/tmp"),
                Path.of(System.getProperty("user.home", ".")));
    }

    /** Is this the name of a memory file? One that is seen was left by a process that died while creating it. */
    static boolean isName(String name) {
        return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
    }

    Mapping allocate(long bytes) {
        if (bytes < 1 || bytes > StoreDirectory.MAX_MAPPING) {
            throw new IllegalArgumentException(
                    "can allocate 1 to " + StoreDirectory.MAX_MAPPING + " bytes, not " + bytes);
        }
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return map(bytes);
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot allocate " + bytes + " bytes of memory outside the heap", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Once there is a file that can back memory, those who allocate at the same time copy their pages at the same time: that is what takes long. */
    private Mapping map(long bytes) throws IOException {
        Mapping memory;
        synchronized (this) {
            FileChannel open = channel;
            if (open == null || !open.isOpen()) {
                return mapInFirstPossible(bytes);
            }
            memory = mapIn(open, bytes);
        }
        return committed(memory, bytes);
    }

    private Mapping mapInFirstPossible(long bytes) throws IOException {
        IOException failure = null;
        for (boolean fill : new boolean[] {false, true}) {
            for (Path place : places) {
                try {
                    if (inMemory(place) == fill) {
                        return committed(mapIn(create(place, fill), bytes), bytes);
                    }
                } catch (ClosedByInterruptException e) {
                    throw e;
                } catch (IOException e) {
                    close();
                    failure = suppressing(e, failure);
                }
            }
        }
        throw failure == null ? new IOException("no directory to take it from: " + places) : failure;
    }

    private static IOException suppressing(IOException latest, @Nullable IOException earlier) {
        if (earlier == null) {
            return latest;
        }
        earlier.addSuppressed(latest);
        return earlier;
    }

    private FileChannel create(Path place, boolean fill) throws IOException {
        if (place.equals(own)) {
            removeLeftovers(place); // elsewhere such a name may be anybody's
        }
        file = place.resolve(PREFIX + ProcessHandle.current().pid() + "-" + NEXT.getAndIncrement() + SUFFIX);
        FileChannel created = FileChannel.open(
                file,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.SPARSE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE); // on Linux and macOS: deleted at once
        channel = created;
        filled = fill;
        length = 0;
        return created;
    }

    private Mapping mapIn(FileChannel open, long bytes) throws IOException {
        try {
            if (filled) {
                fill(open, bytes);
            }
            return Mapper.BEST.map(open, MapMode.PRIVATE, bytes);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw Failures.named(file, e);
        }
    }

    /** Makes every page ours, by a store into each, while a fault is still an exception for whoever allocates. */
    private Mapping committed(Mapping memory, long bytes) throws IOException {
        ByteBuffer buffer = memory.buffer();
        try {
            for (int at = 0; at >= 0 && at < bytes; at += PAGE) {
                buffer.put(at, (byte) 0);
            }
            return memory;
        } catch (InternalError e) {
            memory.release();
            throw new IOException(file + ": its file system cannot back " + bytes + " bytes", e);
        }
    }

    /** Makes the file so long, of zeros; if the disk is full it stays as long as it was. */
    private void fill(FileChannel open, long bytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(FILL_STEP);
        try {
            for (long at = length; at < bytes; ) {
                zeros.limit((int) Math.min(FILL_STEP, bytes - at)).position(0);
                at += open.write(zeros, at);
            }
            length = Math.max(length, bytes);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            open.truncate(length);
            throw e;
        }
    }

    private static boolean inMemory(Path place) {
        try {
            return IN_MEMORY.contains(Files.getFileStore(place).type());
        } catch (IOException | SecurityException e) {
            return false; // unknown: as good as any other
        }
    }

    private static void removeLeftovers(Path place) throws IOException {
        List<Path> left = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(place, PREFIX + "*" + SUFFIX)) {
            files.forEach(left::add);
        }
        for (Path file : left) {
            Files.deleteIfExists(file);
        }
    }

    /** Closes the file; what was allocated stays. The next allocation opens another. */
    @Override
    public synchronized void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
