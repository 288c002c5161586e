package io.stave.engine.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Durability;
import io.stave.Entry;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.SegmentStats;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.support.Background;
import io.stave.engine.support.GateDirectory;
import io.stave.engine.support.GateDirectory.Act;
import io.stave.engine.write.Group;
import io.stave.io.RealDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadsTest {

    private static final Options SMALL = Options.defaults()
            .mergePolicy(MergePolicy.manual())
            .segmentLength(4096)
            .durability(Durability.OS);
    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] VALUE = "value".getBytes(UTF_8);

    @TempDir
    Path path;

    private GateDirectory directory;
    private Stave store;

    @BeforeEach
    void open() throws IOException {
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, SMALL, false);
    }

    @AfterEach
    void close() throws Exception {
        Background.start(store::close).join();
    }

    private static byte[] key(int i) {
        return ("key " + i).getBytes(UTF_8);
    }

    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] copy(ByteBuffer view) {
        byte[] copy = new byte[view.remaining()];
        view.get(view.position(), copy);
        return copy;
    }

    @Test
    void lendsTheValueReadOnlyAndBigEndian() {
        long version = store.put(KEY, VALUE);
        String read = store.read(KEY, (value, v) -> {
            assertEquals(version, v);
            assertTrue(value.isReadOnly());
            assertEquals(ByteOrder.BIG_ENDIAN, value.order());
            assertEquals(0, value.position());
            assertEquals(VALUE.length, value.limit());
            assertEquals(VALUE.length, value.capacity(), "nothing beside the value can be reached");
            assertThrows(ReadOnlyBufferException.class, () -> value.put(0, (byte) 1));
            return UTF_8.decode(value).toString();
        });
        assertEquals("value", read);
        assertEquals("value", store.read(ByteBuffer.wrap(KEY), (value, v) -> UTF_8.decode(value)
                .toString()));
    }

    @Test
    void anAbsentKeyIsNotLent() {
        assertNull(store.<Object>read(KEY, (value, version) -> {
            throw new AssertionError("called");
        }));
    }

    @Test
    void whatTheCallbackThrowsReachesTheCallerAndNothingIsHeld() {
        store.put(KEY, VALUE);
        IllegalStateException thrown = new IllegalStateException("of a test");
        for (int i = 0; i < 3; i++) {
            IllegalStateException caught = assertThrows(
                    IllegalStateException.class,
                    () -> store.read(KEY, (value, version) -> {
                        throw thrown;
                    }));
            assertEquals(thrown, caught);
        }
        store.close();
        assertEquals(0, directory.mappings());
    }

    /** Overwritten, deleted, merged away, its segment's file deleted: the view stays what it was until the callback returns. */
    @Test
    void aLentValueOutlivesWhateverHappensToItsRecord() {
        byte[] original = random(3000, 1);
        store.put(KEY, original);
        String seen = store.read(KEY, (value, version) -> {
            store.put(KEY, VALUE);
            assertArrayEquals(original, copy(value));
            store.delete(KEY);
            for (int i = 0; i < 20; i++) {
                store.put(key(i % 3), random(2000, i));
            }
            assertTrue(store.merge().inputs().size() > 3);
            Background.await(() -> directory.count(Act.DELETE, GateDirectory::segment) > 3);
            assertArrayEquals(original, copy(value));
            return "seen";
        });
        assertEquals("seen", seen);
        assertNull(store.get(KEY));
    }

    @Test
    void callbacksMayUseTheStoreAndNest() {
        for (int i = 0; i < 10; i++) {
            store.put(key(i), key(i));
        }
        assertEquals(45, nested(0));
    }

    private int nested(int i) {
        if (i == 10) {
            return 0;
        }
        return store.<Integer>read(key(i), (value, version) -> {
            assertArrayEquals(key(9 - i), store.get(key(9 - i)));
            long put = store.put(key(100 + i), VALUE);
            assertTrue(put > version);
            int rest = nested(i + 1);
            assertArrayEquals(key(i), copy(value), "a read within a read disturbs nothing");
            assertEquals(put, store.getEntry(key(100 + i)).version());
            return rest + i;
        });
    }

    @Test
    void aSlowCallbackHoldsNothingUp() throws Exception {
        store.put(KEY, VALUE);
        AtomicBoolean leave = new AtomicBoolean();
        Background<Boolean> slow = Background.run(() -> store.<Boolean>read(KEY, (value, version) -> {
            Background.await(leave::get);
            return Arrays.equals(VALUE, copy(value));
        }));
        Background.await(() -> directory.count(Act.LEND, GateDirectory::segment) == 1);
        for (int i = 0; i < 50; i++) {
            store.put(key(i % 5), random(1500, i));
        }
        int released = directory.count(Act.RELEASE, GateDirectory::segment);
        store.merge();
        Background.await(() -> directory.count(Act.RELEASE, GateDirectory::segment) > released);
        assertFalse(slow.done());
        leave.set(true);
        assertTrue(slow.join());
    }

    /** Readers never wait for the disk, and writers only for their own force (I11). */
    @Test
    void nobodyWaitsForAManifestThatIsBeingInstalled() throws Exception {
        store.put(KEY, VALUE);
        GateDirectory.Gate gate = directory.hold(Act.RENAME, "MANIFEST.tmp"::equals);
        store.put(key(0), random(3000, 0));
        Background<Long> rolling = Background.run(() -> store.put(key(1), random(3000, 1)));
        gate.awaitArrivals(1);
        assertArrayEquals(VALUE, store.get(KEY));
        assertEquals(VALUE.length, (int) store.<Integer>read(KEY, (value, version) -> value.remaining()));
        assertTrue(store.contains(KEY));
        assertFalse(rolling.done());
        directory.open(gate);
        rolling.join();
        store.put(KEY, VALUE);
        SegmentStats first = store.stats().segments().get(0);
        // Or the seal would arrive in the merge's place.
        Background.await(() -> store.stats().segments().get(0).state() == SegmentStats.State.SEALED);
        gate = directory.hold(Act.RENAME, "MANIFEST.tmp"::equals);
        Background<Boolean> merge = Background.start(() -> store.merge(List.of(first.id())));
        gate.awaitArrivals(1);
        Background<Long> put = Background.run(() -> store.put(KEY, KEY));
        assertTrue(put.join() > 0);
        assertArrayEquals(KEY, store.get(KEY));
        assertFalse(merge.done());
        directory.open(gate);
        merge.join();
    }

    @Test
    void copiesBelongToTheCaller() {
        store.put(KEY, VALUE);
        byte[] first = store.get(KEY);
        Arrays.fill(first, (byte) 0);
        assertArrayEquals(VALUE, store.get(KEY));
        Entry entry = store.getEntry(KEY);
        assertNotSame(entry.value(), first);
        ByteBuffer buffer = store.get(ByteBuffer.wrap(KEY));
        assertEquals(0, buffer.position());
        assertEquals(VALUE.length, buffer.remaining());
        buffer.put(0, (byte) 0);
        assertArrayEquals(VALUE, store.get(KEY));
    }

    @Test
    void buffersAreReadBetweenPositionAndLimitAndLeftAsTheyAre() {
        List<ByteBuffer> forms = new ArrayList<>();
        byte[] around = "..exact..".getBytes(UTF_8);
        forms.add(ByteBuffer.wrap(around, 2, 5));
        forms.add(ByteBuffer.wrap(around, 2, 5).slice());
        forms.add(ByteBuffer.wrap(around, 2, 5).asReadOnlyBuffer());
        forms.add(ByteBuffer.allocateDirect(9).put(0, around).position(2).limit(7));
        forms.add(
                ByteBuffer.allocateDirect(9).put(0, around).position(2).limit(7).slice());
        forms.add(ByteBuffer.wrap(around, 2, 5).order(ByteOrder.LITTLE_ENDIAN));
        byte[] exact = "exact".getBytes(UTF_8);
        for (ByteBuffer form : forms) {
            int position = form.position();
            int limit = form.limit();
            store.delete(exact);
            long version = store.put(form, form);
            assertArrayEquals(exact, store.get(exact));
            assertEquals(ByteBuffer.wrap(exact), store.get(form));
            assertEquals(version, store.getEntry(form).version());
            assertArrayEquals(exact, store.getEntry(form).key());
            assertTrue(store.contains(form));
            long next = store.compareAndSet(form, version, form);
            assertTrue(next > version);
            assertEquals(0, store.putIfAbsent(form, form));
            assertEquals(0, store.delete(form, version));
            assertTrue(store.putAsync(form, form).join() > next);
            assertTrue(store.deleteAsync(form).join() > next);
            assertEquals(0, store.delete(form));
            assertEquals(position, form.position());
            assertEquals(limit, form.limit());
            assertArrayEquals("..exact..".getBytes(UTF_8), around);
        }
    }

    @Test
    void keysAndValuesOfEveryLengthAtTheLimitsAreReadBack() {
        int[] keys = {1, 2, 255, 256, 511, 513, Stave.MAX_KEY_LENGTH - 1, Stave.MAX_KEY_LENGTH};
        int[] values = {0, 1, 8191, 8192, 8193, Group.LARGE_VALUE, Group.LARGE_VALUE + 1, 1 << 20};
        for (int k : keys) {
            for (int v : values) {
                byte[] key = random(k, k);
                byte[] value = random(v, v);
                long version = store.put(key, value);
                assertArrayEquals(value, store.get(key));
                assertEquals(version, store.getEntry(key).version());
                assertArrayEquals(value, store.<byte[]>read(key, (view, ignored) -> copy(view)));
            }
        }
        byte[] largest = random(Stave.MAX_VALUE_LENGTH, 9);
        store.put(random(Stave.MAX_KEY_LENGTH, 9), largest);
        store.put(KEY, VALUE);
        store.close();
        store = Stave.open(path);
        assertArrayEquals(largest, store.get(random(Stave.MAX_KEY_LENGTH, 9)));
        assertArrayEquals(random(1 << 20, 1 << 20), store.get(random(256, 256)));
    }

    @Test
    void lengthsBeyondTheLimitsAreRefusedWithTheNumbers() {
        for (int length : new int[] {0, Stave.MAX_KEY_LENGTH + 1}) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> store.put(new byte[length], VALUE));
            assertTrue(refused.getMessage().contains("" + length), refused.getMessage());
            assertTrue(refused.getMessage().contains("65535"), refused.getMessage());
            assertThrows(IllegalArgumentException.class, () -> store.get(new byte[length]));
            assertThrows(IllegalArgumentException.class, () -> store.delete(ByteBuffer.allocate(length)));
            assertThrows(IllegalArgumentException.class, () -> store.contains(new byte[length]));
            assertThrows(IllegalArgumentException.class, () -> store.deleteAsync(new byte[length]));
        }
        byte[] large = new byte[Stave.MAX_VALUE_LENGTH + 1];
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> store.putAsync(KEY, large));
        assertTrue(refused.getMessage().contains("16777217")
                && refused.getMessage().contains("16777216"));
        assertThrows(IllegalArgumentException.class, () -> store.compareAndSet(KEY, -1, VALUE));
        assertThrows(IllegalArgumentException.class, () -> store.delete(KEY, -1));
        assertEquals(0, store.stats().keys());
        assertEquals(0, store.stats().lastVersion());
    }

    /** The mapping goes when he has left. */
    @Test
    void aReaderKeepsTheMappingThatItsSegmentHasOutgrown() throws Exception {
        close();
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, SMALL.segmentLength(1 << 20), false);
        store.put(KEY, VALUE);
        String segment = store.stats().segments().get(0).fileName();
        GateDirectory.Gate gate = directory.hold(Act.TOUCH, GateDirectory::segment);
        Background<byte[]> reader = Background.run(() -> store.get(KEY));
        gate.awaitArrivals(1);
        int mapped = directory.count(Act.MAP, segment::equals);
        for (int i = 0; i < 8; i++) {
            store.put(key(i), new byte[20_000]);
        }
        assertTrue(directory.count(Act.MAP, segment::equals) > mapped, "the segment has grown");
        assertEquals(0, directory.count(Act.RELEASE, segment::equals), "somebody reads there");
        directory.open(gate);
        assertArrayEquals(VALUE, reader.join());
        Background.await(() -> directory.count(Act.RELEASE, segment::equals) > 0);
    }

    /** Every get finds its value while the segment under it is mapped anew, sealed, merged and deleted, without end. */
    @Test
    void readersFindEverythingDuringRollsRemapsAndMerges() throws Exception {
        store.close();
        directory = new GateDirectory(RealDirectory.create(path));
        store = Engine.open(directory, SMALL.segmentLength(256 * 1024), false);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger reads = new AtomicInteger();
        int keys = 100;
        for (int i = 0; i < keys; i++) {
            store.put(key(i), ByteBuffer.allocate(2000).putInt(0, i).array());
        }
        List<Background<Boolean>> readers = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            Random random = new Random(t);
            readers.add(Background.start(() -> {
                while (!stop.get()) {
                    int i = random.nextInt(keys);
                    byte[] value = store.get(key(i));
                    assertEquals(i, ByteBuffer.wrap(value).getInt());
                    assertEquals(i, (int) store.<Integer>read(key(i), (view, version) -> view.getInt()));
                    assertTrue(store.contains(key(i)));
                    reads.incrementAndGet();
                }
            }));
        }
        for (int round = 0; round < 4000; round++) {
            int i = round % keys;
            store.put(
                    key(i), ByteBuffer.allocate(2000 + round % 500).putInt(0, i).array());
            if (round % 500 == 499) {
                store.merge();
            }
        }
        int soFar = reads.get();
        Background.await(() -> reads.get() > soFar + 100 || readers.stream().anyMatch(Background::done));
        stop.set(true);
        for (Background<Boolean> reader : readers) {
            reader.join();
        }
        assertEquals(keys, store.stats().keys());
    }
}
