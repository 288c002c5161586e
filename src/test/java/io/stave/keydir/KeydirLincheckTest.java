package io.stave.keydir;

import io.stave.Stress;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Every answer of the keydir could have been given by calls made one after the other.
 *
 * <p>Under stress only: the model checker of Lincheck 3.7 refuses var handles on byte buffers, and assumes sequential consistency, which is the
 * very thing a sequence lock must not.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:5")
@Param(name = "place", gen = IntGen.class, conf = "0:2")
public class KeydirLincheckTest {

    private final Keydir keydir = ChosenKeydir.empty(new HeapMemory());

    /** Starts with a run of slots, so that putting and removing in it moves others. */
    public KeydirLincheckTest() {
        for (int i = 1; i < 6; i += 2) {
            keydir.put(high(i), i, print(i), 0, 0, 1, 0, new Location());
        }
    }

    @Operation
    public String find(@Param(name = "key") int key) {
        Location location = new Location();
        return keydir.find(high(key), key, print(key), location) ? location.toString() : "absent";
    }

    @Operation
    public String put(@Param(name = "key") int key, @Param(name = "place") int place) {
        Location previous = new Location();
        return keydir.put(high(key), key, print(key), place, place, 1 + place, place, previous)
                ? previous.toString()
                : "absent";
    }

    @Operation
    public String remove(@Param(name = "key") int key) {
        Location previous = new Location();
        return keydir.remove(high(key), key, print(key), previous) ? previous.toString() : "absent";
    }

    @Operation
    public boolean removeIf(@Param(name = "key") int key, @Param(name = "place") int place) {
        return keydir.removeIf(high(key), key, print(key), place, place, new Location());
    }

    @Operation
    public boolean replace(
            @Param(name = "key") int key, @Param(name = "place") int place, @Param(name = "place") int newPlace) {
        return keydir.replace(high(key), key, print(key), place, place, newPlace, newPlace);
    }

    private static Key print(int key) {
        return new Fingerprints.Key(high(key), key);
    }

    /** All of one home, two and two of one first word. */
    private static long high(int key) {
        return (5L << 56) + key / 2;
    }

    @Test
    void everyAnswerIsLinearizableUnderStress() {
        Stress.check(
                new StressOptions()
                        .threads(3)
                        .actorsPerThread(4)
                        .actorsBefore(2)
                        .actorsAfter(2)
                        .iterations(20),
                ChosenKeydir.isCompact() ? 2_000 : 400,
                KeydirLincheckTest.class);
    }
}
