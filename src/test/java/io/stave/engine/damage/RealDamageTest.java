package io.stave.engine.damage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.CorruptionException;
import io.stave.Stave;
import io.stave.StaveException;
import io.stave.StoreIOException;
import io.stave.StoreLockedException;
import io.stave.engine.damage.Judge.Verdict;
import io.stave.engine.support.Silence;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a real file system has: directories and links in the place of files, bytes changed and cut off under mappings. */
class RealDamageTest {

    private static final String FIRST = SegmentNames.segment(1);
    private static final String HINT = FIRST.replace(".seg", ".hint");
    private static final long CASES = 30;

    @TempDir
    private Path temporary;

    private final Image image = Images.SMALL_CLOSED.get();

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    private Path store() throws IOException {
        Path path = temporary.resolve("store");
        new Damaged(image).saveTo(path);
        return path;
    }

    private void assertWhole(Path path) {
        try (Stave store = Stave.open(path, Story.OPTIONS)) {
            assertEquals(image.contents(), Sight.of(store, image.keys()).held());
        }
    }

    /** The same cases as on the simulated directory, a few of them. */
    @Test
    void drawnDamageOnTheRealFileSystem() throws IOException {
        EnumSet<Verdict> seen = EnumSet.noneOf(Verdict.class);
        for (long number = 0; number < CASES; number++) {
            Damaged damaged = DamageKind.drawn(Images.values()[(int) (number % 6)].get(), number);
            if (damaged.unreadable().isEmpty()) { // root reads everything
                Path path = temporary.resolve("case " + number);
                damaged.saveTo(path);
                try {
                    seen.add(new Judge(damaged).real(path));
                } catch (AssertionError e) {
                    throw new AssertionError("case " + number + ", " + damaged, e);
                }
            }
        }
        assertTrue(seen.containsAll(EnumSet.of(Verdict.REFUSED, Verdict.AS_BEFORE)), seen::toString);
    }

    private static void becomeDirectory(Path file) throws IOException {
        Files.deleteIfExists(file);
        Files.createDirectory(file);
        Files.writeString(file.resolve("not empty"), "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"MANIFEST", "0000000000000001.seg", "LOCK", "OWNER", "MANIFEST.tmp"})
    void directoryInThePlaceOfAFileIsAnErrorThatNamesIt(String file) throws IOException {
        Path path = store();
        becomeDirectory(path.resolve(file));
        for (int again = 0; again < 2; again++) {
            StoreIOException e = assertThrows(StoreIOException.class, () -> Stave.open(path, Story.OPTIONS));
            assertTrue(String.valueOf(e.getMessage()).contains(file), e::toString);
        }
        Files.delete(path.resolve(file).resolve("not empty"));
        Files.delete(path.resolve(file));
        if (image.files().containsKey(file)) {
            Files.write(path.resolve(file), image.file(file));
        }
        assertWhole(path);
    }

    /** Hints are advice, and what nothing lists need not be deleted. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000001.hint",
                "STATS",
                "STATS.tmp",
                "RESERVE",
                "000000000000000f.seg",
                "000000000000000f.hint",
                "000000000000000f.hint.tmp",
                "memory-1.tmp",
                "quarantine"
            })
    void directoryInThePlaceOfAdviceDoesNoHarm(String file) throws IOException {
        Path path = store();
        becomeDirectory(path.resolve(file));
        assertWhole(path);
        assertWhole(path);
        try (var readOnly = Stave.openReadOnly(path, Story.OPTIONS)) {
            assertEquals(image.contents(), Sight.of(readOnly, image.keys()).held());
        }
        try (Stave store = Stave.open(path, Story.OPTIONS)) {
            store.put(Story.key(0), new byte[9]);
            store.merge();
        }
        assertTrue(Files.exists(path.resolve(file).resolve("not empty")));
    }

    @Test
    void linksToTheFilesAreFollowed() throws IOException {
        Path path = store();
        Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
        for (String file : List.of(FIRST, HINT, "MANIFEST", "OWNER", "LOCK", "STATS")) {
            Files.move(path.resolve(file), elsewhere.resolve(file));
            Files.createSymbolicLink(path.resolve(file), elsewhere.resolve(file));
        }
        Path link = Files.createSymbolicLink(temporary.resolve("link"), path);
        try (Stave store = Stave.open(link, Story.OPTIONS)) {
            assertEquals(image.contents(), Sight.of(store, image.keys()).held());
            assertThrows(StoreLockedException.class, () -> Stave.open(path, Story.OPTIONS));
        }
        assertWhole(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere", "itself"})
    void linksThatLeadNowhere(String where) throws IOException {
        for (String file : List.of(FIRST, HINT, "MANIFEST", "OWNER", "STATS", "RESERVE", "000000000000000f.seg")) {
            Path path = temporary.resolve("store with " + file);
            new Damaged(image).saveTo(path);
            Path link = path.resolve(file);
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, path.resolve(where.equals("itself") ? file : "nowhere"));
            if (file.equals(FIRST) || file.equals("MANIFEST")) {
                StaveException e = assertThrows(StaveException.class, () -> Stave.open(path, Story.OPTIONS));
                assertTrue(String.valueOf(e.getMessage()).contains(file), e::toString);
                Files.delete(link);
                Files.write(link, image.file(file));
            }
            assertWhole(path);
        }
    }

    @Test
    void linkToASegmentOfAnotherStoreIsRefused() throws IOException {
        Path path = store();
        Path other = temporary.resolve("other");
        new Damaged(Images.FOREIGN.get()).saveTo(other);
        Files.delete(path.resolve(FIRST));
        Files.createSymbolicLink(path.resolve(FIRST), other.resolve(FIRST));
        CorruptionException e = assertThrows(CorruptionException.class, () -> Stave.open(path, Story.OPTIONS));
        assertEquals(FIRST, e.file());
    }

    /** The mapping shows what the file holds: so does the page cache of a disk that goes bad. */
    @Test
    void bitsThatFlipUnderAMappingAreNoticed() throws IOException {
        Path path = store();
        int found = 0;
        try (Stave store = Stave.open(path, Story.OPTIONS);
                FileChannel file =
                        FileChannel.open(path.resolve(FIRST), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            byte[] sound = image.file(FIRST);
            for (int at = 0; at < sound.length; at++) {
                file.write(ByteBuffer.wrap(new byte[] {(byte) ~sound[at]}), at);
                Sight sight = Sight.of(store, image.keys());
                assertTrue(sight.isOf(image.contents()) && sight.damaged().size() <= 1, sight::toString);
                found += sight.damaged().size();
                file.write(ByteBuffer.wrap(sound, at, 1), at);
            }
            assertEquals(image.contents(), Sight.of(store, image.keys()).held());
        }
        assertEquals(20 + Story.key(3).length, found); // key 3 is the only one that lives there
    }

    /** Whoever truncates a mapped file makes the operating system send a signal: it must come out as an exception of ours, and nothing must die. */
    @Test
    void fileThatIsCutOffUnderAMappingDoesNotKillTheProcess() throws Exception {
        Path path = temporary.resolve("cut");
        Path log = temporary.resolve("log");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xint",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CutUnderMapping.class.getName(),
                        path.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertTrue(child.waitFor(120, TimeUnit.SECONDS), () -> "it hangs");
        } finally {
            child.destroyForcibly().waitFor();
        }
        String said = Files.readString(log);
        assertEquals(0, child.exitValue(), said);
        assertTrue(said.endsWith("DONE\n"), said);
    }
}
