package io.stave.engine.damage;

import io.stave.engine.model.Held;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreId;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A store on disk, sound, with all that is known about it.
 *
 * @param files its files and their bytes
 * @param states every state it went through, from the empty one to what it holds
 * @param log where the writes of its unsealed segments lie, and what vouches for them
 * @param listed the segments that the MANIFEST lists, by file name
 * @param earlier its files at other times
 * @param keys every key it ever held, and some it never did
 */
record Image(
        String name,
        Map<String, byte[]> files,
        List<Map<Integer, Held>> states,
        UnsealedWrites log,
        Manifest manifest,
        Set<String> listed,
        List<Map<String, byte[]>> earlier,
        Set<Integer> keys,
        SimulatedDirectory disk) {

    static Image of(
            String name,
            Map<String, byte[]> files,
            List<Map<Integer, Held>> states,
            TreeMap<Long, Integer> stateOf,
            List<Map<String, byte[]>> earlier) {
        SimulatedDirectory disk = new SimulatedDirectory();
        files.forEach(disk::damage);
        try {
            Manifest manifest = ManifestFile.read(disk);
            Set<String> listed = new TreeSet<>();
            for (ListedSegment segment : manifest.segments()) {
                listed.add(SegmentNames.segment(segment.id()));
            }
            Set<Integer> keys = new TreeSet<>(Set.of(9, 99));
            states.forEach(state -> keys.addAll(state.keySet()));
            UnsealedWrites log = UnsealedWrites.of(files, manifest, stateOf, states.size() - 1);
            return new Image(name, files, states, log, manifest, listed, earlier, keys, disk);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    Map<Integer, Held> contents() {
        return states.get(states.size() - 1);
    }

    StoreId storeId() {
        return manifest.storeId();
    }

    byte[] file(String file) {
        byte[] bytes = files.get(file);
        if (bytes == null) {
            throw new IllegalArgumentException(name + " has no file " + file);
        }
        return bytes;
    }

    /** The files whose names end so. */
    List<String> files(String suffix) {
        return files.keySet().stream().filter(file -> file.endsWith(suffix)).toList();
    }

    /** A copy to be damaged. */
    SimulatedDirectory copy() {
        return disk.afterCrash(CrashState.everything());
    }

    /** So many bytes of a file mean something: the writer puts zeros ahead of itself. */
    int meaningful(String file) {
        byte[] bytes = file(file);
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return file.endsWith(".seg") ? Math.min(bytes.length, end + 8) : bytes.length;
    }

    @Override
    public String toString() {
        return name;
    }
}
