package io.stave.crash;

import io.stave.Durability;
import io.stave.Options;
import io.stave.blob.BlobReference;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a workload is told, and what its verifier has to know of it. Passed to the child as {@code name=value} arguments.
 *
 * @param store the store's directory
 * @param journals where the journals go; outside of the store, and on another file system than one that will be cut off
 * @param epoch number of this run over the same store, 1 or more: no count occurs in two epochs
 * @param seed of all random choices
 * @param writers number of writing threads, each with keys of its own
 * @param readers number of reading threads
 * @param clients number of threads that read and write the same few keys
 * @param keys number of keys of each writer
 * @param merging whether a thread merges all the time
 * @param segmentLength length of a segment in bytes
 * @param durability what an acknowledgement promises
 * @param largeValues whether the longer values lie in files of their own
 */
record Settings(
        Path store,
        Path journals,
        int epoch,
        long seed,
        int writers,
        int readers,
        int clients,
        int keys,
        boolean merging,
        long segmentLength,
        Durability durability,
        boolean largeValues) {

    /** The key numbers of one writer begin here, times the number of the writer. */
    static final int KEYS_APART = 1_000_000;

    /** Behind this one come the keys of a writer that it only ever writes together, all in one batch and in their order. */
    static final int FAMILY = 900_000;

    /** How many keys that are. */
    static final int FAMILY_KEYS = 8;

    /** Values of more bytes become blobs, where there are any. */
    private static final int BLOBS_FROM = 2000;

    /** Eight writers in SYNC, two readers, a merge in a loop, segments of 64 KiB. */
    static Settings of(Path store, Path journals, long seed) {
        return new Settings(store, journals, 1, seed, 8, 2, 0, 200, true, 64 * 1024, Durability.SYNC, false);
    }

    /** The next run over the same store: journals of its own, more keys, other choices. */
    Settings epoch(int next, Path nextJournals) {
        int more = Math.min(4_000, keys + 40);
        long nextSeed = seed * 0x9E3779B97F4A7C15L + next;
        return new Settings(
                store,
                nextJournals,
                next,
                nextSeed,
                writers,
                readers,
                clients,
                more,
                merging,
                segmentLength,
                durability,
                largeValues);
    }

    Settings durability(Durability other) {
        return workload(writers, readers, clients, merging, other, largeValues);
    }

    Settings withoutMerge() {
        return workload(writers, readers, clients, false, durability, largeValues);
    }

    /** So many clients in the place of writers and readers. */
    Settings clients(int number) {
        return workload(0, 0, number, merging, durability, largeValues);
    }

    Settings largeValues(boolean some) {
        return workload(writers, readers, clients, merging, durability, some);
    }

    /** The same run over the same store with another workload. */
    private Settings workload(
            int newWriters, int newReaders, int newClients, boolean merge, Durability promise, boolean some) {
        return new Settings(
                store,
                journals,
                epoch,
                seed,
                newWriters,
                newReaders,
                newClients,
                keys,
                merge,
                segmentLength,
                promise,
                some);
    }

    Options options() {
        Options options = Options.defaults().segmentLength(segmentLength).durability(durability);
        return largeValues ? options.blobThreshold(BLOBS_FROM).blobChunkLength(BlobReference.MIN_CHUNK) : options;
    }

    List<String> toArguments() {
        return List.of(
                "store=" + store,
                "journals=" + journals,
                "epoch=" + epoch,
                "seed=" + seed,
                "writers=" + writers,
                "readers=" + readers,
                "clients=" + clients,
                "keys=" + keys,
                "merging=" + merging,
                "segmentLength=" + segmentLength,
                "durability=" + (durability.isSync() ? "SYNC" : "OS"),
                "largeValues=" + largeValues);
    }

    static Settings parse(String[] arguments) {
        Map<String, String> values = new HashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            values.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        return new Settings(
                Path.of(values.get("store")),
                Path.of(values.get("journals")),
                Integer.parseInt(values.get("epoch")),
                Long.parseLong(values.get("seed")),
                Integer.parseInt(values.get("writers")),
                Integer.parseInt(values.get("readers")),
                Integer.parseInt(values.get("clients")),
                Integer.parseInt(values.get("keys")),
                Boolean.parseBoolean(values.get("merging")),
                Long.parseLong(values.get("segmentLength")),
                values.get("durability").equals("SYNC") ? Durability.SYNC : Durability.OS,
                Boolean.parseBoolean(values.get("largeValues")));
    }
}
