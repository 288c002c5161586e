package io.stave.compare.peer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.HyperClockCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/**
 * RocksDB: with its defaults, tuned, tuned with mapped reads, and as BlobDB. Its log is written in every form, so that an acknowledged
 * put survives the process; checksums are verified whenever a block is read, which is its default.
 *
 * <p>The settings of the tuned forms are those that its wiki (RocksDB Tuning Guide, Setup Options and Basic Tuning, WAL Performance,
 * BlobDB), its headers (options.h, cache.h) and its own functions (IncreaseParallelism, OptimizeForPointLookup,
 * OptimizeLevelStyleCompaction in options.cc) give for puts and gets of random keys on fast disks; {@link #settings()} lists them with
 * their reasons. Level 0 compaction starts, stalls, concurrent memtable writes and all else stay as they are.
 */
final class RocksPeer extends NamedPeer {
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
    private static final long LEVEL_BASE = 4 * MEMTABLE;
    private static final long CACHE = 2L << 30;
    private static final double BLOOM_BITS = 10;
    private static final double MEMTABLE_BLOOM = 0.02;
    private static final double HASH_UTILIZATION = 0.75;
    private static final long LEAST_BLOB = 64;
    private static final double BLOB_AGE_CUTOFF = 0.25;

    private final Form form;

    RocksPeer(Form form) {
        super(form.name, form.title, Jars.version("rocksdbjni"));
        this.form = form;
    }

    @Override
    public List<String> settings() {
        List<String> settings = new ArrayList<>();
        settings.add("write-ahead log on, WriteOptions.sync only where puts are forced: equal promises");
        if (form == Form.DEFAULT) {
            return settings;
        }
        settings.addAll(List.of(
                "compression = none: values are random, compressing them costs time and saves nothing",
                "write_buffer_size = 256 MiB, max_write_buffer_number = 4: fewer, larger flushes, and no stall while one runs "
                        + "(Tuning Guide)",
                "max_bytes_for_level_base = 1 GiB: level 1 as large as level 0 is when it is compacted; target_file_size_base = "
                        + "128 MiB: about a tenth of it (Tuning Guide)",
                "increase_parallelism(number of processors, at least 2): flushes and compactions beside each other (Tuning Guide)",
                "bytes_per_sync = 1 MiB: spreads the writing back (Setup Options and Basic Tuning)",
                "bloom filter of 10 bits a key, hash index in data blocks with utilization 0.75, whole keys in a memtable bloom "
                        + "filter of 2 %: what OptimizeForPointLookup sets; index and filters stay in memory with the open files",
                "block cache of 2 GiB, HyperClockCache: recommended over LRUCache (cache.h)",
                "block_size stays 4 KiB, and not 16 KiB as in Setup Options and Basic Tuning: a get of one record reads less",
                "recycle_log_file_num = 4 where puts are forced: fdatasync need not write the inode too once logs are used "
                        + "again (WAL Performance)",
                "enable_pipelined_write stays off, its default: on two processors it gave no more"));
        if (form == Form.MMAP) {
            settings.add(
                    "allow_mmap_reads = true: blocks are read from the page cache without a copy, each verified every time; "
                            + "the block cache is then idle (options.h)");
        }
        if (form == Form.BLOB) {
            settings.add(
                    "enable_blob_files, min_blob_size = 64: every value of the works is a blob, which is what is tried here; "
                            + "the BlobDB page has larger ones than 100 B in mind");
            settings.add(
                    "enable_blob_garbage_collection, age cutoff 0.25 (its default), force threshold 0.5: gives space back "
                            + "also where few compactions run (BlobDB)");
            settings.add("no blob cache: there is none from Java; values come from the page cache");
        }
        return settings;
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
        boolean forced = settings.mode() == Mode.FORCED;
        Options options = new Options().setCreateIfMissing(true);
        List<AutoCloseable> held = new ArrayList<>();
        held.add(options);
        if (form != Form.DEFAULT) {
            tune(options, held);
            if (forced) {
                options.setRecycleLogFileNum(4);
            }
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
        return new RocksStore(RocksDB.open(options, directory.toString()), held, forced);
    }

    private static void tune(Options options, List<AutoCloseable> held) {
        // 0 and -1: the size of entries and the number of shards are left to it, as its header recommends.
        HyperClockCache cache = new HyperClockCache(CACHE, 0, -1, false);
        BloomFilter bloom = new BloomFilter(BLOOM_BITS);
        held.add(cache);
        held.add(bloom);
        options.setCompressionType(CompressionType.NO_COMPRESSION)
                .setWriteBufferSize(MEMTABLE)
                .setMaxWriteBufferNumber(4)
                .setMaxBytesForLevelBase(LEVEL_BASE)
                .setTargetFileSizeBase(LEVEL_BASE / 8)
                .setIncreaseParallelism(Math.max(2, Runtime.getRuntime().availableProcessors()))
                .setBytesPerSync(1 << 20)
                .setMemtablePrefixBloomSizeRatio(MEMTABLE_BLOOM)
                .setMemtableWholeKeyFiltering(true)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(cache)
                        .setFilterPolicy(bloom)
                        .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)
                        .setDataBlockHashTableUtilRatio(HASH_UTILIZATION));
    }
}
