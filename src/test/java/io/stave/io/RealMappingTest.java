package io.stave.io;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract of mappings, on the real file system. */
class RealMappingTest extends MappingContract {
    @TempDir
    Path path;

    @Override
    StoreDirectory newDirectory() throws IOException {
        return RealDirectory.open(path);
    }
}
