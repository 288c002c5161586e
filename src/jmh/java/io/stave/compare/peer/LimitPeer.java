package io.stave.compare.peer;

import java.nio.file.Path;
import java.util.List;

/**
 * What the file system and memory allow, without any store: takes part in the works beside the peers, but cannot be opened. The works
 * have their own ways to measure it.
 */
public final class LimitPeer extends NamedPeer {
    /** How it is called. */
    public static final String NAME = "limit";

    LimitPeer() {
        super(NAME, "the limit", "");
    }

    @Override
    public List<String> settings() {
        return List.of(
                "load: the same bytes written through one channel in pieces of 64 KiB, never forced",
                "get: one random read of a table of 32 bytes a key, then a mapped copy of the record and its CRC32C",
                "durable put: append and fdatasync, one record each, in a file filled with zeros before",
                "pipelined: the same with 64 KiB each, counted in records",
                "scale: two dependent random reads over the same memory");
    }

    @Override
    public boolean verifiesOnGet() {
        return true;
    }

    @Override
    public Store open(Path directory, Settings settings) {
        throw new UnsupportedOperationException("no store");
    }
}
