package io.stave.engine.enumeration;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.engine.Engine;
import io.stave.engine.support.TestClock;
import io.stave.io.CrashState;
import io.stave.io.Operation;
import io.stave.io.ReadableFile;
import io.stave.io.SimulatedDirectory;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentNames;
import io.stave.segment.SegmentScanner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What no crash leaves: a changed byte that was forced and is certified. It must be refused, not cut off as a tear would be, and nothing may
 * be changed by that (I4, I10).
 *
 * @param file a segment that is not sealed
 * @param offset of the byte
 */
record Damage(String file, int offset) {

    /** So many bytes of each segment are tried. */
    private static final int TRIED = 2;

    private static final Set<String> OF_THE_LOCK = Set.of("LOCK", "OWNER");

    /** Some damage to each segment of which anything is certified. */
    static List<Damage> to(SimulatedDirectory left, long seed) {
        List<Damage> damages = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);
        SimulatedDirectory directory = left.afterCrash(CrashState.everything());
        try {
            if (!directory.exists(ManifestFile.NAME)) {
                return damages;
            }
            Manifest manifest = ManifestFile.read(directory);
            for (ListedSegment segment : manifest.segments()) {
                if (!segment.isSealed()) {
                    long certified = certified(directory, manifest, segment);
                    for (int i = 0; certified > 0 && i < TRIED; i++) {
                        damages.add(new Damage(SegmentNames.segment(segment.id()), random.nextInt((int) certified)));
                    }
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return damages;
    }

    /** How far the segment is certified, by itself or by the MANIFEST. */
    private static long certified(SimulatedDirectory directory, Manifest manifest, ListedSegment segment)
            throws IOException {
        try (ReadableFile file = directory.open(SegmentNames.segment(segment.id()))) {
            SegmentHeader header = SegmentHeader.read(file, manifest.storeId(), segment.id());
            long found = new SegmentScanner()
                    .scan(file, header, file.length(), true, record -> {})
                    .certified();
            return Math.max(found, segment.length());
        }
    }

    /** Reads what this prints. */
    static Damage parse(String text) {
        int at = text.indexOf('@');
        return new Damage(text.substring(0, at), Integer.parseInt(text.substring(at + 1)));
    }

    /** What is left, with the damage. */
    SimulatedDirectory done(SimulatedDirectory left) {
        SimulatedDirectory damaged = left.afterCrash(CrashState.everything());
        try {
            byte[] content = damaged.content(file);
            content[offset] ^= 1;
            damaged.damage(file, content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return damaged;
    }

    /** Demands that a damaged directory is refused. */
    static void judge(SimulatedDirectory damaged, long now) {
        assertThrows(
                CorruptionException.class, () -> Engine.open(damaged, Life.OPTIONS.clock(new TestClock(now)), true));
        for (Operation operation : damaged.log()) {
            assertTrue(OF_THE_LOCK.contains(operation.name()), () -> "done to a store that is refused: " + operation);
        }
    }

    @Override
    public String toString() {
        return file + "@" + offset;
    }
}
