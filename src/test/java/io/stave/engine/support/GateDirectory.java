package io.stave.engine.support;

import io.stave.io.ForceFailedException;
import io.stave.io.Mapping;
import io.stave.io.ReadableFile;
import io.stave.io.StoreDirectory;
import io.stave.io.WritableFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A directory whose operations can be counted, held at a {@link Gate}, or made to fail.
 *
 * <p>A rule sees every operation before it is done; a gate that holds a force therefore holds it before anything became durable.
 */
public final class GateDirectory implements StoreDirectory {

    /** What is done to a file, or to the directory, whose name is then empty. */
    public enum Act {
        CREATE,
        LINK,
        OPEN,
        RENAME,
        DELETE,
        FORCE_NAMES,
        WRITE,
        EXTEND,
        FORCE,
        CLOSE,
        READ,
        MAP,
        ALLOCATE,
        /** Somebody takes the buffer of a mapping: a read through a map. */
        TOUCH,
        LEND,
        RELEASE
    }

    /** Sees an operation before it is done; what it throws is thrown instead. */
    public interface Rule {
        void before(Act act, String name, long position, int length) throws IOException;
    }

    /** Thrown by a rule for a write: some bytes reach the file, then the write fails. */
    public static final class TornWrite extends IOException {
        private static final long serialVersionUID = 1L;

        private final int bytes;
        private final IOException failure;

        public TornWrite(int bytes, IOException failure) {
            super(failure);
            this.bytes = bytes;
            this.failure = failure;
        }
    }

    private final StoreDirectory directory;
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final Map<Act, Map<String, AtomicInteger>> counts = new ConcurrentHashMap<>();
    private final AtomicInteger mappings = new AtomicInteger();

    /** The bytes that are still usable, if a test says so. */
    private volatile long usable = -1;

    private volatile boolean resident = true;

    public GateDirectory(StoreDirectory directory) {
        this.directory = directory;
    }

    /** Applies a rule to every operation from now on. */
    public Rule rule(Rule rule) {
        rules.add(rule);
        return rule;
    }

    /** Applies the rule no longer. */
    public void remove(Rule rule) {
        rules.remove(rule);
    }

    /** Holds every operation of this kind on names that match. */
    public Gate hold(Act held, Predicate<String> names) {
        Gate gate = new Gate();
        gate.rule = rule((act, name, position, length) -> {
            if (act == held && names.test(name)) {
                gate.pass();
            }
        });
        return gate;
    }

    /** Fails every operation of this kind on names that match, until the rule is removed. */
    public Rule fail(Act failing, Predicate<String> names, IOException failure) {
        return rule((act, name, position, length) -> {
            if (act == failing && names.test(name)) {
                throw failure;
            }
        });
    }

    /** Lets a gate's holder go and removes the gate. */
    public void open(Gate gate) {
        remove(gate.rule);
        gate.open();
    }

    /** How often it was done to names that match. */
    public int count(Act act, Predicate<String> names) {
        return counts.getOrDefault(act, Map.of()).entrySet().stream()
                .filter(entry -> names.test(entry.getKey()))
                .mapToInt(entry -> entry.getValue().get())
                .sum();
    }

    /** Mappings and allocations that were not released. */
    public int mappings() {
        return mappings.get();
    }

    /** Pretends that so many bytes are usable; -1: as many as there are. */
    public void usable(long bytes) {
        usable = bytes;
    }

    /** Whether what is mapped claims to be in memory; it does unless told otherwise. */
    public void resident(boolean claim) {
        resident = claim;
    }

    public static boolean segment(String name) {
        return name.endsWith(".seg");
    }

    private void before(Act act, String name) throws IOException {
        before(act, name, 0, 0);
    }

    private void before(Act act, String name, long position, int length) throws IOException {
        counts.computeIfAbsent(act, key -> new ConcurrentHashMap<>())
                .computeIfAbsent(name, key -> new AtomicInteger())
                .incrementAndGet();
        for (Rule rule : rules) {
            rule.before(act, name, position, length);
        }
    }

    /** What fails a force fails it as the seam says: for good. */
    private void beforeForce(Act act, String name) throws IOException {
        try {
            before(act, name, 0, 0);
        } catch (IOException e) {
            throw new ForceFailedException(name, e);
        }
    }

    private void beforeMemory(Act act, String name, int length) {
        try {
            before(act, name, 0, length);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public Path path() {
        return directory.path();
    }

    @Override
    public List<String> list() throws IOException {
        return directory.list();
    }

    @Override
    public boolean exists(String name) throws IOException {
        return directory.exists(name);
    }

    @Override
    public WritableFile create(String name) throws IOException {
        before(Act.CREATE, name);
        return new Writable(directory.create(name));
    }

    @Override
    public WritableFile reopen(String name) throws IOException {
        before(Act.OPEN, name);
        return new Writable(directory.reopen(name));
    }

    @Override
    public boolean link(StoreDirectory source, String name) throws IOException {
        before(Act.LINK, name);
        return directory.link(source instanceof GateDirectory ? ((GateDirectory) source).directory : source, name);
    }

    @Override
    public ReadableFile open(String name) throws IOException {
        before(Act.OPEN, name);
        return new Readable(directory.open(name));
    }

    @Override
    public void truncate(String name, long length) throws IOException {
        directory.truncate(name, length);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        before(Act.RENAME, from);
        directory.rename(from, to);
    }

    @Override
    public boolean delete(String name) throws IOException {
        before(Act.DELETE, name);
        return directory.delete(name);
    }

    @Override
    public void forceNames() throws IOException {
        beforeForce(Act.FORCE_NAMES, "");
        directory.forceNames();
    }

    @Override
    public @Nullable Closeable tryLock(String name) throws IOException {
        return directory.tryLock(name);
    }

    @Override
    public long usableBytes() throws IOException {
        long pretended = usable;
        return pretended < 0 ? directory.usableBytes() : pretended;
    }

    @Override
    public long totalBytes() throws IOException {
        return directory.totalBytes();
    }

    @Override
    public Mapping allocate(long bytes) {
        beforeMemory(Act.ALLOCATE, "", (int) bytes);
        return new Mapped("", directory.allocate(bytes));
    }

    @Override
    public void close() throws IOException {
        directory.close();
    }

    private final class Writable implements WritableFile {
        private final WritableFile file;

        Writable(WritableFile file) {
            this.file = file;
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            try {
                before(Act.WRITE, name(), position, source.remaining());
            } catch (TornWrite torn) {
                source.limit(source.position() + Math.min(torn.bytes, source.remaining()));
                file.write(source, position);
                throw torn.failure;
            }
            file.write(source, position);
        }

        @Override
        public void extend(long length) throws IOException {
            before(Act.EXTEND, name(), length, 0);
            file.extend(length);
        }

        @Override
        public void force() throws IOException {
            beforeForce(Act.FORCE, name());
            file.force();
        }

        @Override
        public void close() throws IOException {
            before(Act.CLOSE, name());
            file.close();
        }
    }

    private final class Readable implements ReadableFile {
        private final ReadableFile file;

        Readable(ReadableFile file) {
            this.file = file;
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            before(Act.READ, name(), position, target.remaining());
            return file.read(target, position);
        }

        @Override
        public Mapping map(long length) throws IOException {
            before(Act.MAP, name(), 0, (int) length);
            return new Mapped(name(), file.map(length));
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private final class Mapped implements Mapping {
        private final String name;
        private final Mapping mapping;
        private boolean released;

        Mapped(String name, Mapping mapping) {
            this.name = name;
            this.mapping = mapping;
            mappings.incrementAndGet();
        }

        @Override
        public ByteBuffer buffer() {
            beforeMemory(Act.TOUCH, name, 0);
            return mapping.buffer();
        }

        @Override
        public int length() {
            return mapping.length();
        }

        @Override
        public boolean resident(int offset, int length) {
            return resident;
        }

        @Override
        public ByteBuffer lend(int offset, int length) {
            beforeMemory(Act.LEND, name, length);
            return mapping.lend(offset, length);
        }

        @Override
        public void giveBack() {
            mapping.giveBack();
        }

        @Override
        public void release() {
            beforeMemory(Act.RELEASE, name, mapping.length());
            synchronized (this) {
                if (released) {
                    return;
                }
                released = true;
            }
            mappings.decrementAndGet();
            mapping.release();
        }
    }

    /** Where threads are held until the gate is opened. Deaf to interrupts, as a system call is. */
    public static final class Gate {
        private int arrived;
        private boolean open;
        private @Nullable Rule rule;

        public synchronized void pass() {
            arrived++;
            notifyAll();
            boolean interrupted = false;
            while (!open) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        /** Returns when so many threads have come. */
        public synchronized void awaitArrivals(int threads) throws InterruptedException {
            long deadline = System.nanoTime() + Background.PATIENCE_NANOS;
            while (arrived < threads) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new AssertionError("only " + arrived + " threads came to the gate, not " + threads);
                }
                wait(left / 1_000_000 + 1);
            }
        }

        public synchronized int arrived() {
            return arrived;
        }

        public synchronized void open() {
            open = true;
            notifyAll();
        }
    }
}
