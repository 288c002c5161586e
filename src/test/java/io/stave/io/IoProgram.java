package io.stave.io;

import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** What a {@link ChildJvm} does. Ends with 0 if it found all as it should be, and says so on its last line. */
final class IoProgram {
    private static final int NEWER = 22;
    private static final Path MAPS = Path.of("/proc/self/maps");

    private IoProgram() {}

    public static void main(String[] arguments) throws Exception {
        Path path = Path.of(arguments[1]);
        try (StoreDirectory directory = RealDirectory.open(path)) {
            switch (arguments[0]) {
                case "lock" -> lock(directory);
                case "hold" -> hold(directory);
                case "every-call" -> everyCall(directory);
                case "memory" -> memory(directory, Integer.parseInt(arguments[2]));
                case "small-disk" -> smallDisk(path);
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        }
    }

    /** Says whether the lock is to be had. */
    private static void lock(StoreDirectory directory) throws IOException {
        try (Closeable lock = directory.tryLock("LOCK")) {
            System.out.println(lock == null ? "REFUSED" : "LOCKED");
        }
    }

    /** Holds the lock until its input ends. */
    private static void hold(StoreDirectory directory) throws IOException {
        try (Closeable lock = directory.tryLock("LOCK")) {
            check(lock != null, "somebody holds the lock");
            System.out.println("READY");
            int ignored = System.in.read();
        }
        System.out.println("DONE");
    }

    /** Takes memory many times the heap, in pieces, and uses every page of it. */
    private static void memory(StoreDirectory directory, int mebibytes) {
        int piece = 32 << 20;
        Mapping[] all = new Mapping[mebibytes / 32];
        for (int i = 0; i < all.length; i++) {
            all[i] = directory.allocate(piece);
            for (int at = 0; at < piece; at += 4096) {
                check(all[i].buffer().getLong(at) == 0, "not zeroed");
                all[i].buffer().putLong(at, (long) i << 32 | at);
            }
        }
        for (int i = 0; i < all.length; i++) {
            for (int at = 0; at < piece; at += 4096) {
                check(all[i].buffer().getLong(at) == ((long) i << 32 | at), "not private");
            }
            all[i].release();
        }
        System.out.println("HEAP " + (Runtime.getRuntime().maxMemory() >> 20) + " DONE");
    }

    /** On a disk in memory that is too small: memory from elsewhere if there is such a place, else an exception, no fault. */
    private static void smallDisk(Path path) throws IOException {
        try (MemoryFile here = new MemoryFile(List.of(path))) {
            Mapping little = here.allocate(100_000);
            for (int at = 0; at < 100_000; at++) {
                little.buffer().put(at, (byte) 1);
            }
            try {
                here.allocate(8 << 20);
                throw new IllegalStateException("8 MiB on a disk of 1 MiB");
            } catch (java.io.UncheckedIOException e) {
                check(e.getCause() instanceof NoSpaceException, "wrong cause: " + e.getCause());
            }
            Files.write(path.resolve("rest"), new byte[500_000]); // what did not suffice was given back
            check(little.buffer().get(99_999) == 1, "lost");
        }
        System.out.println("DONE");
    }

    private static void everyCall(StoreDirectory directory) throws Exception {
        try (Closeable lock = directory.tryLock("LOCK");
                WritableFile file = directory.create("file")) {
            check(lock != null, "somebody holds the lock");
            file.write(ByteBuffer.wrap(new byte[100_000]), 0);
            file.write(ByteBuffer.wrap("0123456789".getBytes(java.nio.charset.StandardCharsets.UTF_8)), 0);
            file.extend(200_000);
            file.force();
        }
        directory.forceNames();
        Mapping memory = directory.allocate(10 << 20);
        memory.buffer().putLong(8, 1);
        memory.release();
        releaseFreesAtOnce(directory);
        lentOutlivesOrThrows(directory);
        directory.truncate("file", 10);
        directory.rename("file", "renamed");
        check(directory.list().equals(List.of("LOCK", "renamed")), "found " + directory.list());
        check(directory.delete("renamed"), "not deleted");
        check(directory.usableBytes() > 0, "no room");
        System.out.println("JAVA " + Runtime.version().feature() + " DONE");
    }

    private static Mapping map(StoreDirectory directory) throws IOException {
        try (ReadableFile file = directory.open("file")) {
            return file.map(200_000);
        }
    }

    /** Checks whether the process maps the file, where the system tells. */
    private static void checkMapped(boolean expected, String failure) throws IOException {
        check(!Files.exists(MAPS) || isMapped() == expected, failure);
    }

    private static boolean isMapped() throws IOException {
        return Files.exists(MAPS) && Files.readAllLines(MAPS).stream().anyMatch(line -> line.endsWith("/file"));
    }

    private static void releaseFreesAtOnce(StoreDirectory directory) throws IOException {
        checkMapped(false, "mapped too early");
        Mapping mapping = map(directory);
        check(mapping.buffer().get(3) == '3', "wrong bytes");
        checkMapped(true, "not mapped");
        mapping.release();
        checkMapped(false, "still mapped after its release");
    }

    /** Lent memory: on a newer Java freed when it is given back, and a late access throws; on an older one collected. */
    private static void lentOutlivesOrThrows(StoreDirectory directory) throws Exception {
        Mapping mapping = map(directory);
        ByteBuffer lent = mapping.lend(2, 5);
        mapping.release();
        checkMapped(true, "unmapped while lent");
        check(lent.get(0) == '2', "lent bytes are gone");
        refusesToLend(mapping);
        mapping.giveBack();
        if (Runtime.version().feature() >= NEWER) {
            checkMapped(false, "still mapped although given back and released");
            refusesToRead(lent);
            refusesToLend(mapping);
            checkNothingWaits();
            return;
        }
        check(lent.get(0) == '2', "late access to lent bytes");
        checkMapped(true, "unmapped although it may be read late");
        lent = ByteBuffer.allocate(0);
        for (int i = 0; i < 100 && isMapped(); i++) {
            System.gc();
            Thread.sleep(20);
        }
        checkMapped(false, "never collected");
    }

    private static void refusesToLend(Mapping mapping) {
        try {
            mapping.lend(0, 1);
        } catch (IllegalStateException e) {
            return; // as it should be
        }
        throw new IllegalStateException("lent what was released");
    }

    private static void refusesToRead(ByteBuffer late) {
        try {
            late.get(0);
        } catch (IllegalStateException e) {
            return; // as it should be
        }
        throw new IllegalStateException("read what was freed");
    }

    /** An arena that is closed twice would wait for ever among those that could not be closed yet. */
    private static void checkNothingWaits() throws ReflectiveOperationException {
        Field busy = ArenaMapper.class.getDeclaredField("busy");
        busy.setAccessible(true);
        check(((Collection<?>) busy.get(Mapper.BEST)).isEmpty(), "an arena waits to be closed");
    }

    private static void check(boolean condition, String failure) {
        if (!condition) {
            throw new IllegalStateException(failure);
        }
    }
}
