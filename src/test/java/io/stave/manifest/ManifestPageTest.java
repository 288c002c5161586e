package io.stave.manifest;

import io.stave.io.PageExample;
import io.stave.io.SimulatedDirectory;
import io.stave.io.StoreId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code docs/FORMAT.md} shows the MANIFEST that this code writes. */
class ManifestPageTest {

    @Test
    void theExampleIsWhatIsWritten() throws IOException {
        StoreId storeId = new StoreId(0x1716151413121110L, 0x1F1E1D1C1B1A1918L);
        StoreId origin = new StoreId(0x0706050403020100L, 0x0F0E0D0C0B0A0908L);
        Manifest manifest = new Manifest(
                storeId,
                new StoreSecret(0x2726252423222120L, 0x2F2E2D2C2B2A2928L),
                9,
                10_000,
                64,
                Manifest.NO_KEYDIR,
                List.of(origin),
                List.of(
                        ListedSegment.sealed(origin, 6, 8192, 0x0123456789ABCDEFL, 1, 40),
                        ListedSegment.active(storeId, 7, 41)));
        SimulatedDirectory directory = new SimulatedDirectory();
        ManifestFile.install(directory, manifest);
        PageExample.assertShown(Path.of("docs/FORMAT.md"), "manifest", directory.content(ManifestFile.NAME));
    }
}
