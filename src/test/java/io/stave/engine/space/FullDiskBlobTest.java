package io.stave.engine.space;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.DiskRoom;
import io.stave.Options;
import io.stave.Stave;
import io.stave.StoreFullException;
import io.stave.StoreListener;
import io.stave.engine.Engine;
import io.stave.engine.model.Keys;
import io.stave.engine.support.QuietLog;
import io.stave.io.SimulatedDirectory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A disk that large values have filled is noticed, and the store can be emptied (I8). */
@ExtendWith(QuietLog.class)
class FullDiskBlobTest {

    private static final int BLOB = 100_000;

    private final SimulatedDirectory directory = new SimulatedDirectory();
    private final List<DiskRoom.Level> told = new ArrayList<>();
    private final Options options = Options.defaults()
            .segmentLength(64 << 10)
            .blobThreshold(10_000)
            .blobChunkLength(64 << 10)
            .listener(new StoreListener() {
                @Override
                public void diskRoomChanged(DiskRoom room) {
                    told.add(room.level());
                }
            });

    private static int fill(Stave store, int from, int length) {
        for (int i = from; ; i++) {
            try {
                store.put(Keys.value(i, 8), Keys.value(i, length));
            } catch (StoreFullException e) {
                assertTrue(i - from < 100_000, "the disk is not full");
                return i;
            }
        }
    }

    @Test
    void whoListensHearsOfADiskThatLargeValuesFill() {
        directory.capacity(20_000_000);
        try (Stave store = Engine.open(directory, options, true)) {
            fill(store, 0, BLOB);
            assertFalse(store.health().diskHeadroom());
            assertEquals(List.of(DiskRoom.Level.LOW), told);
        }
    }

    @Test
    void aDiskFullOfLargeValuesCanBeEmptied() {
        directory.capacity(20_000_000);
        try (Stave store = Engine.open(directory, options, true)) {
            store.put(new byte[] {1}, new byte[10]);
            int blobs = fill(store, 0, BLOB);
            assertTrue(blobs > 150);
            int unused = fill(store, 1_000, 700);
            for (int i = 0; i < blobs; i++) {
                assertArrayEquals(Keys.value(i, BLOB), store.get(Keys.value(i, 8)));
                assertTrue(store.delete(Keys.value(i, 8)) > 0);
            }
            assertTrue(fill(store, 2_000_000, BLOB) - 2_000_000 > blobs * 9 / 10);
        }
        assertEquals(List.of(), directory.leaks());
    }
}
