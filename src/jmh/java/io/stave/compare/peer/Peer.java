package io.stave.compare.peer;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** One configuration of one store, and what it promises. */
public interface Peer {
    /** Short and unique, for arguments and files. */
    String name();

    /** For people. */
    String title();

    /** Which release this is. */
    String version();

    /** Each setting that differs from the peer's defaults, with its reason and where its own documentation says so. */
    List<String> settings();

    /** What a put survives in a mode, or null if the peer cannot be opened so. */
    default Promise promise(Mode mode) {
        return mode == Mode.FORCED ? Promise.FORCED : Promise.PROCESS_CRASH;
    }

    /** Whether every get verifies a checksum over the value it returns. */
    default boolean verifiesOnGet() {
        return false;
    }

    /** The form of get that copies nothing, or "none". For the record: what is compared are copies. */
    default String zeroCopyGet() {
        return "none";
    }

    /** The ways of writing many records, the usual one first. */
    default List<Way> ways() {
        return List.of(Way.PUT);
    }

    /** What the JVM needs to run this peer. */
    default List<String> jvmFlags() {
        return List.of();
    }

    /** The greatest heap it is given, alike for all that do not cache on it. */
    default String heap() {
        return "512m";
    }

    /** The names of the works it takes part in, if not in all. */
    default Set<String> only() {
        return Set.of();
    }

    /** The Java release this peer needs. */
    default int javaRelease() {
        return 17;
    }

    /** Patterns of the names of files that do nothing but speed up an open; what an open looks for first comes first. */
    default List<String> shortcuts() {
        return List.of();
    }

    /** Opens what is in the directory, or makes a new store there. The directory exists. */
    Store open(Path directory, Settings settings) throws Exception;
}
