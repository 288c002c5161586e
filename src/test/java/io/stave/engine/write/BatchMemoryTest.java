package io.stave.engine.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.Options;
import io.stave.Stave;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch for which there is no memory outside the heap has not happened, and the store goes on. Needs a JVM that has little. */
class BatchMemoryTest {

    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] OTHER = "other".getBytes(UTF_8);
    private static final byte[] VALUE = "value".getBytes(UTF_8);

    @TempDir
    Path path;

    @Test
    void aBatchThatThereIsNoMemoryForLeavesTheStoreAsItWas() throws Exception {
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:MaxDirectMemorySize=24m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        path.resolve("store").toString()))
                .inheritIO()
                .start();
        assertTrue(child.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, child.exitValue());
    }

    /** What the JVM with little memory does. */
    static final class Child {

        private Child() {}

        public static void main(String[] arguments) throws Exception {
            Path path = Path.of(arguments[0]);
            Batch large = new Batch().put(KEY, new byte[15 << 20]).put(OTHER, new byte[15 << 20]);
            long last;
            try (Stave store = Stave.open(path, Options.defaults())) {
                long version = store.put(KEY, VALUE);
                for (int i = 0; i < 3; i++) {
                    assertThrows(OutOfMemoryError.class, () -> store.apply(large));
                    assertThrows(OutOfMemoryError.class, () -> store.applyAsync(large));
                    assertEquals(0, store.stats().operations().asyncBytesInFlight());
                    assertNull(store.get(OTHER));
                    assertEquals(version, store.getEntry(KEY).version());
                    version = store.apply(new Batch().put(KEY, VALUE).delete(OTHER))
                            .version(0);
                }
                last = version;
            }
            try (Stave store = Stave.open(path)) {
                assertEquals(last, store.getEntry(KEY).version());
                assertArrayEquals(VALUE, store.get(KEY));
            }
        }
    }
}
