package io.stave.engine.damage;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.engine.damage.Judge.Verdict;
import io.stave.engine.support.Silence;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever is done to the files of a store, it never shows anything wrong, and says what it cannot show (I4).
 *
 * <p>System properties: {@code stave.damage.cases}, how many random ones; {@code stave.damage.seed}, of them; {@code stave.damage.case}, this
 * one only.
 */
class DamageTest {

    private static final long CASES = Long.getLong("stave.damage.cases", 10_000);
    private static final long SEED = Long.getLong("stave.damage.seed", 1);
    private static final long ONLY = Long.getLong("stave.damage.case", -1);

    /** So many are counted together. */
    private static final long ROUND = 100_000;

    private static final List<Images> LARGE = List.of(
            Images.LARGE_CLOSED,
            Images.LARGE_MERGED,
            Images.LARGE_CRASHED,
            Images.SMALL_CLOSED,
            Images.SMALL_CRASHED,
            Images.SMALL_BLOBS,
            Images.LARGE_BLOBS);

    /** One case in so many damages {@link Images#LONG_SEGMENTS}, which takes as long as some dozen others; no factor of what else is counted off. */
    private static final int LONG_SHARE = 49;

    @BeforeAll
    static void quiet() {
        Silence.please();
    }

    /** Of the hints, the MANIFEST, the segments, the blobs and the journals of uploads, and of the files that decide nothing. */
    @ParameterizedTest
    @EnumSource(names = {"SMALL_CLOSED", "SMALL_CRASHED", "SMALL_BLOBS"})
    void everyFlippedBitAndEveryLengthOfASmallStore(Images small) {
        Image image = small.get();
        List<Damaged> all = new ArrayList<>();
        for (String file : image.files().keySet()) {
            for (long bit = 0; bit < image.meaningful(file) * 8L; bit++) {
                all.add(new Damaged(image).flip(file, bit));
            }
            for (int length = 0; length < image.meaningful(file); length++) {
                all.add(new Damaged(image).length(file, length));
            }
        }
        Campaign campaign = run(new Campaign(small.name(), 0, all.size(), number -> all.get((int) number)), 10, 20);
        assertTrue(campaign.count(Verdict.REFUSED) > 0 && campaign.count(Verdict.AS_BEFORE) > 0, campaign::toString);
        Verdict partly = small == Images.SMALL_CRASHED ? Verdict.CUT : Verdict.KEYS_DAMAGED;
        assertTrue(campaign.count(partly) > 0, campaign::toString);
    }

    @Test
    void anythingThatIsDrawnFromASeed() {
        long first = ONLY < 0 ? 0 : ONLY;
        long count = ONLY < 0 ? CASES : 1;
        String what = "-Dstave.damage.seed=" + SEED;
        if (ONLY >= 0) {
            System.out.println("Damage, " + what + ", case " + ONLY + ": " + drawn(ONLY));
        }
        for (long from = first; from < first + count; from += ROUND) {
            Campaign campaign = new Campaign(what, from, Math.min(first + count, from + ROUND), DamageTest::drawn);
            run(campaign, ONLY < 0 ? 8 : 1, ONLY < 0 ? 16 : 1);
        }
    }

    /** Else what is asked of {@link Images#LONG_SEGMENTS} would not be there. */
    @Test
    void longSegmentsAreLong() {
        Image image = Images.LONG_SEGMENTS.get();
        Map<String, byte[]> files = image.files();
        assertTrue(image.contents().size() > 4000, () -> image.contents().size() + " keys");
        assertTrue(lengths(files, ".seg").filter(length -> length > 200_000).count() > 3, () -> "" + files.keySet());
        assertTrue(lengths(files, ".hint").anyMatch(length -> length > 150_000), "no hint of three blocks");
        assertTrue(
                image.log().extents().stream()
                                .map(extent -> extent.file())
                                .distinct()
                                .count()
                        > 1,
                "unsealed");
        List<Integer> values = image.contents().values().stream()
                .map(held -> held.value().length)
                .toList();
        assertTrue(values.stream().anyMatch(length -> length > 256 << 10), "no value of more than 256 KiB");
    }

    private static IntStream lengths(Map<String, byte[]> files, String suffix) {
        return files.entrySet().stream()
                .filter(file -> file.getKey().endsWith(suffix))
                .mapToInt(file -> file.getValue().length);
    }

    private static Damaged drawn(long number) {
        boolean longSegments = number % LONG_SHARE == 0;
        Images images = longSegments ? Images.LONG_SEGMENTS : LARGE.get((int) (number % LARGE.size()));
        Image image = images.get();
        return DamageKind.drawn(image, SEED * 1_000_003 * 1_000_003 + number);
    }

    private static Campaign run(Campaign campaign, int readEvery, int goOnEvery) {
        long started = System.nanoTime();
        campaign.run(readEvery, goOnEvery);
        System.out.println(
                String.format(Locale.ROOT, "Damage, %.1f s, %s", (System.nanoTime() - started) / 1e9, campaign));
        return campaign;
    }
}
