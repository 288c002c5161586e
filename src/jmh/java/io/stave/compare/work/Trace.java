package io.stave.compare.work;

import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.Vector;
import site.ycsb.ByteIterator;
import site.ycsb.DB;
import site.ycsb.Status;
import site.ycsb.WorkloadException;
import site.ycsb.measurements.Measurements;
import site.ycsb.workloads.CoreWorkload;

/**
 * Operations as the core workload of YCSB chooses them, recorded before the clock runs: building its keys and values would take longer
 * than many an operation, and would level the peers.
 */
final class Trace {
    static final int READ = 0;
    static final int UPDATE = 1;
    static final int INSERT = 2;
    static final int READ_MODIFY_WRITE = 3;

    private static final int KIND_BITS = 2;
    private static final String KEY_PREFIX = "user";

    private final long[] operations;

    private Trace(long[] operations) {
        this.operations = operations;
    }

    int length() {
        return operations.length;
    }

    int kind(int at) {
        return (int) operations[at] & (1 << KIND_BITS) - 1;
    }

    long number(int at) {
        return operations[at] >> KIND_BITS;
    }

    /** One trace for each thread. All are drawn from the same workload, in turn, as YCSB's threads share theirs. */
    static Trace[] record(Properties workload, long keys, int threads, int length) throws WorkloadException {
        Properties properties = new Properties();
        properties.putAll(workload);
        properties.setProperty("recordcount", Long.toString(keys));
        properties.setProperty("operationcount", Long.toString((long) threads * length));
        properties.setProperty("fieldcount", "1");
        properties.setProperty("fieldlength", "1");
        properties.setProperty("insertorder", "ordered");
        Measurements.setProperties(properties);
        CoreWorkload core = new CoreWorkload();
        core.init(properties);
        Recorder recorder = new Recorder();
        long[][] operations = new long[threads][length];
        for (int i = 0; i < length; i++) {
            for (int thread = 0; thread < threads; thread++) {
                recorder.kinds = 0;
                core.doTransaction(recorder, null);
                operations[thread][i] = recorder.operation();
            }
        }
        Trace[] traces = new Trace[threads];
        for (int thread = 0; thread < threads; thread++) {
            traces[thread] = new Trace(operations[thread]);
        }
        return traces;
    }

    /** A database that notes what is asked of it. */
    private static final class Recorder extends DB {
        private int kinds;
        private long number;

        private Status note(String key, int kind) {
            number = Long.parseLong(key.substring(KEY_PREFIX.length()));
            kinds |= 1 << kind;
            return Status.OK;
        }

        /** A read and an update in one transaction are the read-modify-write. */
        long operation() {
            int kind = kinds == (1 << READ | 1 << UPDATE) ? READ_MODIFY_WRITE : Integer.numberOfTrailingZeros(kinds);
            return number << KIND_BITS | kind;
        }

        @Override
        public Status read(String table, String key, Set<String> fields, Map<String, ByteIterator> result) {
            return note(key, READ);
        }

        @Override
        public Status update(String table, String key, Map<String, ByteIterator> values) {
            return note(key, UPDATE);
        }

        @Override
        public Status insert(String table, String key, Map<String, ByteIterator> values) {
            return note(key, INSERT);
        }

        @Override
        public Status scan(
                String table,
                String start,
                int count,
                Set<String> fields,
                Vector<java.util.HashMap<String, ByteIterator>> result) {
            throw new UnsupportedOperationException("workloads with scans are not run");
        }

        @Override
        public Status delete(String table, String key) {
            throw new UnsupportedOperationException("YCSB deletes nothing");
        }
    }
}
