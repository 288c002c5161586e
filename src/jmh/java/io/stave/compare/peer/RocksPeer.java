package io.stave.compare.peer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/**
 * RocksDB: with its defaults, tuned, tuned with mapped reads, and as BlobDB. Its log is written in every form, so that an acknowledged
 * put survives the process; checksums are verified on every read, which is its default.
 *
 * <p>The settings of the tuned forms are those that its tuning guide and its wiki (RocksDB Tuning Guide, Setup Options and Basic Tuning,
 * BlobDB) give for random keys on fast disks; {@link #settings()} lists them with their reasons. Level 0 compaction starts, stalls and
 * all else stay as they are.
 */
final class RocksPeer implements Peer {
    /** The forms. */
    enum Form {
        DEFAULT("rocksdb", "RocksDB, defaults"),
        TUNED("rocksdb-tuned", "RocksDB, tuned"),
        MMAP("rocksdb-mmap", "RocksDB, tuned, mapped reads"),
        BLOB("rocksdb-blob", "RocksDB BlobDB");

        private final String name;
        private final String title;

        Form(String name, String title) {
            this.name = name;
            this.title = title;
        }
    }

    private static final long MEMTABLE = 256L << 20;
    private static final long CACHE = 2L << 30;
    private static final double BLOOM_BITS = 10;
    private static final long LEAST_BLOB = 64;
    private static final double BLOB_AGE_CUTOFF = 0.25;

    private final Form form;

    RocksPeer(Form form) {
        this.form = form;
    }

    @Override
    public String name() {
        return form.name;
    }

    @Override
    public String title() {
        return form.title;
    }

    @Override
    public String version() {
        return Jars.version("rocksdbjni");
    }

    @Override
    public List<String> settings() {
        List<String> settings = new ArrayList<>();
        settings.add("write-ahead log on, WriteOptions.sync only where puts are forced: equal promises");
        if (form != Form.DEFAULT) {
            settings.add("compression = none: values are random, compressing them costs time and saves nothing");
            settings.add(
                    "write_buffer_size = 256 MiB, max_write_buffer_number = 4: fewer, larger flushes, and no stall while one runs");
            settings.add(
                    "max_background_jobs = number of processors, at least 2: flushes and compactions beside each other");
            settings.add(
                    "bloom filter of 10 bits a key, index and filters kept in memory with the open files: one block per get");
            settings.add("block cache of 2 GiB, LRU: holds the hot part of the data");
            settings.add("level_compaction_dynamic_level_bytes = true: least space, the tuning guide's advice");
            settings.add("bytes_per_sync = 1 MiB: the guide's advice, spreads the writing back");
        }
        if (form == Form.MMAP) {
            settings.add(
                    "allow_mmap_reads = true: blocks are read from the page cache without a copy; the block cache is then idle");
        }
        if (form == Form.BLOB) {
            settings.add(
                    "enable_blob_files, min_blob_size = 64: every value of the works is a blob, which is what is tried here");
            settings.add(
                    "enable_blob_garbage_collection, age cutoff 0.25, force threshold 0.5: gives space back, after the BlobDB page");
        }
        return settings;
    }

    @Override
    public Promise promise(Mode mode) {
        return mode == Mode.FORCED ? Promise.FORCED : Promise.PROCESS_CRASH;
    }

    @Override
    public boolean verifiesOnGet() {
        return true;
    }

    @Override
    public String zeroCopyGet() {
        return "none from Java";
    }

    @Override
    public List<Way> ways() {
        return List.of(Way.PUT, Way.BATCH);
    }

    @Override
    public Store open(Path directory, Settings settings) throws Exception {
        RocksDB.loadLibrary();
        Options options = new Options().setCreateIfMissing(true);
        List<AutoCloseable> held = new ArrayList<>();
        held.add(options);
        if (form != Form.DEFAULT) {
            tune(options, held);
        }
        if (form == Form.MMAP) {
            options.setAllowMmapReads(true);
        }
        if (form == Form.BLOB) {
            options.setEnableBlobFiles(true)
                    .setMinBlobSize(LEAST_BLOB)
                    .setEnableBlobGarbageCollection(true)
                    .setBlobGarbageCollectionAgeCutoff(BLOB_AGE_CUTOFF)
                    .setBlobGarbageCollectionForceThreshold(2 * BLOB_AGE_CUTOFF);
        }
        return new RocksStore(RocksDB.open(options, directory.toString()), held, settings.mode() == Mode.FORCED);
    }

    private static void tune(Options options, List<AutoCloseable> held) {
        LRUCache cache = new LRUCache(CACHE);
        BloomFilter bloom = new BloomFilter(BLOOM_BITS);
        held.add(cache);
        held.add(bloom);
        options.setCompressionType(CompressionType.NO_COMPRESSION)
                .setWriteBufferSize(MEMTABLE)
                .setMaxWriteBufferNumber(4)
                .setMaxBackgroundJobs(Math.max(2, Runtime.getRuntime().availableProcessors()))
                .setLevelCompactionDynamicLevelBytes(true)
                .setBytesPerSync(1 << 20)
                .setTableFormatConfig(
                        new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(bloom));
    }
}
