package io.stave.engine.write;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Batch;
import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.engine.Engine;
import io.stave.engine.live.HintBuilder;
import io.stave.engine.support.Silence;
import io.stave.hint.HintFile;
import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import io.stave.keydir.KeyHash;
import io.stave.manifest.ListedSegment;
import io.stave.manifest.Manifest;
import io.stave.manifest.ManifestFile;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The hint that a segment of the log is sealed with is the one that its records alone make. */
class SealedHintsTest {

    private final SimulatedDirectory directory = new SimulatedDirectory();
    private final Random random = new Random(11);

    /** What a store is used for. */
    enum Use {
        /** Each key once. */
        LOADED,
        /** Of these one that is overwritten in its own segment is known by the keydir. */
        OVERWRITTEN,
        /** A key that is put again after a delete is not in the keydir. */
        DELETED
    }

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    @ParameterizedTest
    @EnumSource(Use.class)
    void hintOfASealedSegmentIsTheOneThatItsRecordsMake(Use use) throws IOException {
        Options options = Options.defaults().segmentLength(4096).mergePolicy(MergePolicy.manual());
        try (Stave store = Engine.open(directory, options, true)) {
            for (int i = 0; i < 1500; i++) {
                write(store, use, i);
            }
        }
        assertEquals(List.of(), directory.leaks());
        SimulatedDirectory closed = directory.afterCrash(CrashState.syncedOnly());
        Manifest manifest = ManifestFile.read(closed);
        KeyHash hash = new KeyHash(manifest.secret().first(), manifest.secret().second());
        List<ListedSegment> segments = manifest.segments();
        for (ListedSegment segment : segments) {
            String name = HintFile.name(segment.id());
            byte[] sealedWith = closed.content(name);
            closed.delete(name);
            new HintBuilder(closed, hash).build(segment);
            assertArrayEquals(closed.content(name), sealedWith, name);
        }
        assertTrue(segments.size() > 10, segments::toString);
    }

    private void write(Stave store, Use use, int i) {
        int number = use == Use.LOADED ? i : random.nextInt(50);
        byte[] key = key(1, number);
        if (use == Use.DELETED && random.nextInt(4) == 0) {
            store.delete(key);
        } else if (random.nextInt(4) == 0) {
            int third = use == Use.LOADED ? 3 : 1;
            store.apply(
                    new Batch().put(key, value()).put(key(2, number), value()).put(key(third, number), value()));
        } else {
            store.put(key, value());
        }
    }

    private static byte[] key(int kind, int number) {
        return new byte[] {(byte) kind, (byte) (number >>> 8), (byte) number};
    }

    private byte[] value() {
        return new byte[random.nextInt(30)];
    }
}
