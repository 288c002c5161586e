package io.stave.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same calls in the same order have the same outcome on the real file system and in the simulation. */
class SimulationAgreesTest {
    private static final int CALLS = 1_500;

    @TempDir
    Path path;

    /** A directory and what is open in it. */
    private static final class Side {
        final StoreDirectory directory;
        final List<WritableFile> writers = new ArrayList<>();
        final List<ReadableFile> readers = new ArrayList<>();
        final List<Mapping> mappings = new ArrayList<>();

        Side(StoreDirectory directory) {
            this.directory = directory;
        }

        /** One call and what came of it, as text. */
        String call(SplittableRandom random) {
            String name = "f" + random.nextInt(5);
            int number = random.nextInt(20_000);
            int choice = random.nextInt(16);
            long seed = random.nextLong();
            try {
                return choice + " " + call(choice, name, number, seed);
            } catch (IOException e) {
                return choice + " " + e.getClass().getSimpleName();
            }
        }

        private String call(int choice, String name, int number, long seed) throws IOException {
            return switch (choice) {
                case 0 -> String.valueOf(writers.add(directory.create(name)));
                case 1 -> String.valueOf(readers.add(directory.open(name)));
                case 2 -> String.valueOf(directory.delete(name));
                case 3 -> {
                    directory.rename(name, "f" + number % 5);
                    yield "renamed";
                }
                case 4 -> String.valueOf(directory.list());
                case 5 -> directory.exists(name) + " " + directory.tryLock("LOCK" + number % 3);
                case 6 -> {
                    directory.forceNames();
                    yield "forced";
                }
                case 7, 8, 9, 10 -> writers.isEmpty() ? "" : write(writers.get(number % writers.size()), number, seed);
                case 11, 12 -> readers.isEmpty() ? "" : read(readers.get(number % readers.size()), number);
                case 13 -> readers.isEmpty() ? "" : map(readers.get(number % readers.size()), number);
                case 14 -> mappings.isEmpty() ? "" : look(number);
                default -> close(number);
            };
        }

        private static String write(WritableFile file, int number, long seed) throws IOException {
            byte[] bytes = new byte[number % 3000];
            new SplittableRandom(seed).nextBytes(bytes);
            file.write(ByteBuffer.wrap(bytes), number);
            if (number % 3 == 0) {
                file.extend(number * 2L);
            }
            if (number % 5 == 0) {
                file.force();
            }
            return file.name() + " written";
        }

        private static String read(ReadableFile file, int number) throws IOException {
            ByteBuffer target = ByteBuffer.allocate(number % 7000);
            int count = file.read(target, number);
            return file.name() + " " + file.length() + " " + count + " "
                    + target.flip().hashCode();
        }

        private String map(ReadableFile file, int number) throws IOException {
            mappings.add(file.map(number % 10_000));
            return "mapped";
        }

        private String look(int number) {
            Mapping mapping = mappings.get(number % mappings.size());
            if (number % 4 == 0) {
                mappings.remove(mapping);
                mapping.release();
                return "released";
            }
            return String.valueOf(mapping.buffer().hashCode());
        }

        private String close(int number) throws IOException {
            if (writers.size() > 4) {
                writers.remove(number % writers.size()).close();
            }
            if (readers.size() > 4) {
                readers.remove(number % readers.size()).close();
            }
            return "closed";
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void sameCallsSameOutcome(long seed) throws IOException {
        try (StoreDirectory real = RealDirectory.open(path);
                StoreDirectory simulated = new SimulatedDirectory()) {
            Side one = new Side(real);
            Side two = new Side(simulated);
            SplittableRandom random = new SplittableRandom(seed);
            List<String> history = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                SplittableRandom same = random.split();
                long callSeed = same.nextLong();
                String expected = one.call(new SplittableRandom(callSeed)).replaceAll("io\\.stave\\.io\\.\\S+", "lock");
                String found = two.call(new SplittableRandom(callSeed)).replaceAll("io\\.stave\\.io\\.\\S+", "lock");
                history.add(expected);
                assertEquals(expected, found, () -> "seed " + seed + ", the last of " + history);
            }
            for (WritableFile file : one.writers) {
                file.close();
            }
            for (ReadableFile file : one.readers) {
                file.close();
            }
            for (Mapping mapping : one.mappings) {
                mapping.release();
            }
        }
    }
}
