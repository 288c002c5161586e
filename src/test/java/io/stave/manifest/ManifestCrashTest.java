package io.stave.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.io.CrashState;
import io.stave.io.Fault;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreId;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whenever an install is interrupted, there is one MANIFEST, and it is the old one or the new one. */
class ManifestCrashTest {

    private static final StoreId STORE = new StoreId(1, 2);
    private static final Manifest OLD = Manifest.first(STORE, new StoreSecret(3, 4))
            .withSegmentIdCeiling(1000)
            .withSequenceCeiling(1000)
            .with(ListedSegment.active(STORE, 1, 1));

    private static final Manifest NEW = many(OLD.with(ListedSegment.sealed(STORE, 1, 4096, 77, 1, 99)));

    private static final int SEEDS = 200;

    private static Manifest many(Manifest manifest) {
        Manifest next = manifest;
        for (int i = 2; i < 40; i++) {
            next = next.with(ListedSegment.active(STORE, i, 100 + i));
        }
        return next;
    }

    @Test
    void aCrashAnywhereLeavesTheOldOneOrTheNewOne() throws IOException {
        Set<Manifest> found = new HashSet<>();
        boolean completed = false;
        for (int after = 0; !completed; after++) {
            SimulatedDirectory directory = withOld();
            directory.dieAt(directory.operations() + after);
            completed = !fails(directory);
            for (int seed = 0; seed < SEEDS; seed++) {
                SimulatedDirectory survivor = directory.afterCrash(CrashState.random(seed));
                Manifest manifest = ManifestFile.read(survivor);
                assertTrue(manifest.equals(OLD) || manifest.equals(NEW), "crash after " + after + ", seed " + seed);
                assertTrue(!completed || manifest.equals(NEW), "installed and lost: seed " + seed);
                found.add(manifest);
                // A leftover of the crash does not hinder the next install.
                ManifestFile.install(survivor, NEW.withSequenceCeiling(2000));
                assertEquals(List.of(ManifestFile.NAME), survivor.list());
            }
        }
        assertEquals(Set.of(OLD, NEW), found, "the crashes did not hit both sides of the commit");
    }

    @Test
    void aFailureOfAnyCallLeavesTheOldOneOrTheNewOne() throws IOException {
        for (Fault fault : List.of(Fault.EIO, Fault.EIO_LATE, Fault.ENOSPC, Fault.SHORT_WRITE)) {
            boolean failed = true;
            int n = 1;
            for (; failed; n++) {
                SimulatedDirectory directory = withOld();
                directory.failAt(n, fault);
                failed = fails(directory);
                assertEquals(failed, directory.failures() > 0, fault + " at " + n);
                directory.heal();
                Manifest manifest = ManifestFile.read(directory);
                assertTrue(manifest.equals(OLD) || manifest.equals(NEW), fault + " at " + n);
                assertEquals(List.of(), directory.leaks());
                for (int seed = 0; seed < 20; seed++) {
                    Manifest survived = ManifestFile.read(directory.afterCrash(CrashState.random(seed)));
                    assertTrue(survived.equals(OLD) || survived.equals(NEW), fault + " at " + n + ", seed " + seed);
                }
            }
            assertTrue(n > 2, fault + " befell no call");
        }
    }

    @Test
    void aReadThatFailsIsNoManifest() throws IOException {
        boolean failed = true;
        for (int n = 1; failed; n++) {
            SimulatedDirectory directory = withOld();
            directory.failAt(n, Fault.EIO);
            try {
                assertEquals(OLD, ManifestFile.read(directory));
                failed = false;
            } catch (IOException e) {
                assertEquals(1, directory.failures());
            }
            assertEquals(List.of(), directory.leaks());
        }
    }

    @Test
    void anEmptyDirectoryThatCrashedHasNoneOrTheFirst() throws IOException {
        for (int after = 0; after < 8; after++) {
            SimulatedDirectory directory = new SimulatedDirectory();
            directory.dieAt(after);
            boolean failed = fails(directory);
            for (int seed = 0; seed < SEEDS; seed++) {
                SimulatedDirectory survivor = directory.afterCrash(CrashState.random(seed));
                if (survivor.exists(ManifestFile.NAME)) {
                    assertEquals(NEW, ManifestFile.read(survivor));
                } else {
                    assertTrue(failed);
                }
            }
        }
    }

    private static SimulatedDirectory withOld() throws IOException {
        SimulatedDirectory directory = new SimulatedDirectory();
        ManifestFile.install(directory, OLD);
        return directory;
    }

    private static boolean fails(SimulatedDirectory directory) {
        try {
            ManifestFile.install(directory, NEW);
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
