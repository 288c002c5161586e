package io.stave.engine;

import io.stave.segment.SegmentNames;

/** Which file names in a store directory are the store's own to delete when nothing lists them. */
final class StoreFiles {

    private StoreFiles() {}

    /** Whether the file holds records, or helps to find them. */
    static boolean isData(String name) {
        return SegmentNames.parse(name).isPresent() || name.matches("[0-9a-f]{16}\\.hint");
    }

    /** Whether the name is one that only a store gives, temporary files included. */
    static boolean isOurs(String name) {
        return isData(name)
                || name.equals("MANIFEST.tmp")
                || name.matches("[0-9a-f]{16}\\.hint\\.tmp")
                || name.matches("memory-.*\\.tmp");
    }
}
