package io.stave.engine.readonly;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.MergePlan;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.ReadOnlyStave;
import io.stave.Stave;
import io.stave.StoredRecord;
import io.stave.StoredRecord.Fate;
import io.stave.WriteOptions;
import io.stave.engine.support.TestClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A walk shows every record with what has become of it, and a plan says what a merge would do. */
class MomentWalkTest {

    private final TestClock clock = new TestClock(1_000_000);
    private final Options options =
            Options.defaults().clock(clock).segmentLength(4096).mergePolicy(MergePolicy.manual());

    @TempDir
    Path store;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void fill() {
        try (Stave open = Stave.open(store, options)) {
            open.put(bytes("a"), bytes("old"));
            open.put(bytes("a"), bytes("new"));
            open.put(bytes("b"), bytes("gone"));
            open.delete(bytes("b"));
            open.put(bytes("c"), bytes("short"), WriteOptions.defaults().timeToLive(Duration.ofSeconds(1)));
        }
    }

    @Test
    void everyRecordIsShownWithItsFate() {
        fill();
        clock.advance(2000);
        List<String> seen = new ArrayList<>();
        try (ReadOnlyStave reader = Stave.openReadOnly(store, options)) {
            reader.walk(record -> seen.add(new String(record.key(), StandardCharsets.UTF_8) + "="
                    + new String(record.value(), StandardCharsets.UTF_8) + " " + record.fate() + " "
                    + record.version()));
        }
        assertEquals(
                List.of("a=old DEAD 1", "a=new LIVE 2", "b=gone DEAD 3", "b= TOMBSTONE 4", "c=short EXPIRED 5"), seen);
    }

    @Test
    void aPlanWithoutALockIsThePlanOfTheWriter() {
        fill();
        clock.advance(2000);
        MergePlan looked;
        try (ReadOnlyStave reader = Stave.openReadOnly(store, options)) {
            looked = reader.planMerge();
        }
        try (Stave open = Stave.open(store, options)) {
            MergePlan plan = open.planMerge();
            assertEquals(plan.reclaimableBytes(), looked.reclaimableBytes());
            assertEquals(plan.liveBytes(), looked.liveBytes());
            assertTrue(looked.reclaimableBytes() > 0);
        }
    }

    @Test
    void behindDamageTheWalkGoesOnWhereTheHintKnowsARecord() throws IOException {
        fill();
        Path segment = store.resolve("0000000000000001.seg");
        byte[] file = Files.readAllBytes(segment);
        file[new String(file, StandardCharsets.ISO_8859_1).indexOf("new")] ^= 1;
        Files.write(segment, file);
        List<String> seen = new ArrayList<>();
        try (ReadOnlyStave reader = Stave.openReadOnly(store, options)) {
            assertThrows(CorruptionException.class, () -> reader.walk(record -> {}));
            reader.walk(new StoredRecord.Visitor() {
                @Override
                public void record(StoredRecord record) {
                    seen.add(new String(record.key(), StandardCharsets.UTF_8) + " " + record.fate());
                }

                @Override
                public void damaged(CorruptionException damage, long bytesLeftOut) {
                    seen.add("damage of " + bytesLeftOut);
                }
            });
        }
        // The put of b is not the newest of its key, so the hint does not know it.
        assertEquals("a DEAD", seen.get(0));
        assertTrue(seen.get(1).startsWith("damage of "), seen.toString());
        assertEquals(List.of("b TOMBSTONE", "c " + Fate.LIVE), seen.subList(2, seen.size()));
    }

    @Test
    void aVisitorMayNeitherRefreshNorClose() {
        fill();
        try (ReadOnlyStave reader = Stave.openReadOnly(store, options)) {
            assertThrows(IllegalStateException.class, () -> reader.walk(record -> reader.refresh()));
            assertThrows(IllegalStateException.class, () -> reader.walk(record -> reader.close()));
            assertArrayEquals(bytes("new"), reader.get(bytes("a")));
        }
    }
}
