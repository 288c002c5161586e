package io.stave.io;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract, on the real file system. */
class RealStoreDirectoryTest extends StoreDirectoryContract {
    @TempDir
    Path path;

    @Override
    StoreDirectory newDirectory() throws IOException {
        return RealDirectory.open(path);
    }
}
