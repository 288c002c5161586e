package io.stave.compare.peer;

import java.io.File;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.util.List;

/**
 * HaloDB, in the fork that lives on (halodb-revive). Its classes need Java 22, so they are on the class path of the child alone and are
 * called through method handles, which are constants to the compiler: as fast as calls. Settings after its README and its benchmarks
 * (github.com/outr/HaloDB).
 */
final class HaloPeer extends NamedPeer {
    private static final long LEAST_FILE = 256L << 20;
    private static final long LARGEST_FILE = 1L << 30;
    private static final long FILES = 8;
    private static final double THRESHOLD = 0.5;

    HaloPeer() {
        // Its jar says nothing about itself but in its name, which the arguments of a run keep.
        super("halodb", "HaloDB (revive)", "see the arguments of the run");
    }

    @Override
    public List<String> settings() {
        return List.of(
                "maxFileSize = an eighth of the data, 256 MiB to 1 GiB: 1 GiB is in its README, but would be half of a small store; "
                        + "the default is 1 MiB",
                "compactionThresholdPerFile = 0.5: README and benchmarks; twice the data at most",
                "compactionJobRate at its default of 1 GiB/s: compaction is not held back, where its benchmarks allow 135 MB/s",
                "numberOfRecords = 2 × keys: no rehash (README)",
                "useMemoryPool, fixedKeySize = 16: denser, for keys of one length (README)",
                "flushDataSizeBytes at its default of -1, and not 10 MB as in its benchmarks: it would wait for forces where "
                        + "nobody else does",
                "buildIndexThreads = number of processors: opens faster (README)",
                "enableSyncWrites where puts are forced",
                "needs Java 22, so its JVM is a newer one than the others' unless --jdk= names one for all");
    }

    @Override
    public int javaRelease() {
        return 22;
    }

    @Override
    public Store open(Path directory, Settings settings) throws Exception {
        try {
            Object options = Api.OPTIONS.getDeclaredConstructor().newInstance();
            set(options, "setMaxFileSize", int.class, fileBytes(settings));
            set(options, "setCompactionThresholdPerFile", double.class, THRESHOLD);
            set(options, "setNumberOfRecords", int.class, Math.toIntExact(2 * settings.keys()));
            set(options, "setUseMemoryPool", boolean.class, true);
            set(options, "setFixedKeySize", int.class, settings.keyBytes());
            set(options, "setBuildIndexThreads", int.class, Runtime.getRuntime().availableProcessors());
            set(options, "enableSyncWrites", boolean.class, settings.mode() == Mode.FORCED);
            Object db = Api.STORE.getMethod("open", File.class, Api.OPTIONS).invoke(null, directory.toFile(), options);
            return new Open(db);
        } catch (java.lang.reflect.InvocationTargetException e) {
            throw new IllegalStateException("HaloDB did not open", e.getCause());
        }
    }

    private static int fileBytes(Settings settings) {
        long data = settings.keys() * (settings.keyBytes() + settings.valueBytes());
        return (int) Math.max(LEAST_FILE, Math.min(LARGEST_FILE, data / FILES));
    }

    private static void set(Object options, String name, Class<?> type, Object value)
            throws ReflectiveOperationException {
        Api.OPTIONS.getMethod(name, type).invoke(options, value);
    }

    /** What of HaloDB is called. */
    private static final class Api {
        static final Class<?> STORE = type("HaloDB");
        static final Class<?> OPTIONS = type("HaloDBOptions");
        static final Class<?> STATS = type("HaloDBStats");
        static final MethodHandle PUT =
                handle(STORE, "put", MethodType.methodType(boolean.class, byte[].class, byte[].class));
        static final MethodHandle GET = handle(STORE, "get", MethodType.methodType(byte[].class, byte[].class));
        static final MethodHandle DELETE = handle(STORE, "delete", MethodType.methodType(void.class, byte[].class));
        static final MethodHandle CLOSE = handle(STORE, "close", MethodType.methodType(void.class));
        static final MethodHandle STATISTICS = handle(STORE, "stats", MethodType.methodType(STATS));
        static final MethodHandle PENDING =
                handle(STATS, "getNumberOfFilesPendingCompaction", MethodType.methodType(int.class));

        private static Class<?> type(String name) {
            try {
                return Class.forName("com.oath.halodb." + name);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException("HaloDB's jar is not on the class path", e);
            }
        }

        /** With the receiver as an Object, so that callers need not know its class. */
        private static MethodHandle handle(Class<?> type, String name, MethodType signature) {
            try {
                MethodHandle found = MethodHandles.publicLookup().findVirtual(type, name, signature);
                MethodType erased = found.type().changeParameterType(0, Object.class);
                return found.asType(signature.returnType() == STATS ? erased.changeReturnType(Object.class) : erased);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("another HaloDB than this was written for", e);
            }
        }
    }

    private record Open(Object db) implements Store {
        @Override
        public void put(byte[] key, byte[] value) throws Exception {
            try {
                if (!(boolean) Api.PUT.invokeExact(db, key, value)) {
                    throw new IllegalStateException("HaloDB refused a put");
                }
            } catch (Throwable e) {
                throw rethrown(e);
            }
        }

        @Override
        public byte[] get(byte[] key) throws Exception {
            try {
                return (byte[]) Api.GET.invokeExact(db, key);
            } catch (Throwable e) {
                throw rethrown(e);
            }
        }

        @Override
        public void delete(byte[] key) throws Exception {
            try {
                Api.DELETE.invokeExact(db, key);
            } catch (Throwable e) {
                throw rethrown(e);
            }
        }

        @Override
        public void sync() {
            throw new UnsupportedOperationException("HaloDB forces each put, or none");
        }

        /** Compaction sleeps and wakes by itself; work is left while files are pending. */
        @Override
        public Boolean merging() throws Exception {
            try {
                Object stats = (Object) Api.STATISTICS.invokeExact(db);
                return (int) Api.PENDING.invokeExact(stats) > 0;
            } catch (Throwable e) {
                throw rethrown(e);
            }
        }

        @Override
        public void close() throws Exception {
            try {
                Api.CLOSE.invokeExact(db);
            } catch (Throwable e) {
                throw rethrown(e);
            }
        }

        private static Exception rethrown(Throwable e) {
            if (e instanceof Error error) {
                throw error;
            }
            return (Exception) e;
        }
    }
}
