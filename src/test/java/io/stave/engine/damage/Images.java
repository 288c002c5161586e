package io.stave.engine.damage;

import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The stores that are damaged: each made once. */
enum Images implements Supplier<Image> {
    /** Two sealed segments, with live and dead records, a tombstone and a batch. */
    SMALL_CLOSED(() -> new Story()
            .open()
            .put(0, 9)
            .put(2, 8)
            .put(3, 0)
            .delete(0)
            .close()
            .open()
            .put(1, 9)
            .batch(8, 2, 4, 1)
            .putExpiring(5, 8)
            .close()),

    /** A sealed segment, and an unsealed one with forced writes, their certificates, a batch, and writes that nothing vouches for. */
    SMALL_CRASHED(() -> new Story()
            .open()
            .put(0, 9)
            .put(1, 9)
            .close()
            .open()
            .put(0, 10)
            .delete(1)
            .batch(8, 2, 3, 0)
            .putUnforced(4, 8)
            .putUnforced(5, 8)
            .crash()),

    /** Two unsealed segments, one full, and certificates in both. */
    SMALL_ROLLED(() -> new Story()
            .openWithoutSealing()
            .put(0, 20)
            .put(1, 4000)
            .delete(0)
            .put(2, 8)
            .putUnforced(3, 8)
            .crash()),

    /** Values in files of their own, of one chunk and of several, and an upload that may still be resumed. */
    SMALL_BLOBS(() -> new Story(Story.LARGE_VALUES)
            .open()
            .put(1, 300)
            .put(2, 520)
            .close()
            .open()
            .put(1, 101)
            .putExpiring(3, 130)
            .upload(4, 20)
            .close()),

    /** Many of them; a merge, deletes and puts have given some up. */
    LARGE_BLOBS(() -> {
        Story story = new Story(Story.LARGE_VALUES).open();
        for (int i = 0; i < 60; i++) {
            story.put(i % 40, 8 + 37 * (i % 30));
        }
        story.remember().close().remember().open();
        for (int i = 0; i < 40; i++) {
            story.put(20 + i % 40, 8 + 31 * (i % 30));
            if (i % 5 == 0) {
                story.delete(20 + i % 40);
            }
        }
        story.remember().merge().remember().upload(70, 500).upload(71, 9);
        for (int i = 0; i < 10; i++) {
            story.putExpiring(80 + i, 50 * i);
        }
        return story.close();
    }),

    LARGE_CLOSED(() -> {
        Story story = new Story().open();
        for (int i = 0; i < 60; i++) {
            story.put(i % 40, 8 + 7 * (i % 30));
        }
        story.remember().close().open();
        for (int i = 0; i < 60; i++) {
            story.put(20 + i % 40, 8 + 11 * (i % 30));
            if (i % 5 == 0) {
                story.delete(20 + i % 40);
            }
        }
        story.batch(500, 1, 2, 3, 4)
                .remember()
                .putExpiring(70, 300)
                .put(71, 9000)
                .close()
                .remember()
                .open();
        for (int i = 0; i < 10; i++) {
            story.put(80 + i, 50);
        }
        return story.close();
    }),

    /** A merge has left tombstones, then the store went on and crashed. */
    LARGE_MERGED(() -> {
        Story story = new Story().open();
        for (int i = 0; i < 50; i++) {
            story.put(i % 25, 8 + 7 * (i % 30));
        }
        story.remember().close().open();
        for (int i = 0; i < 50; i++) {
            story.put(15 + i % 25, 8 + 11 * (i % 30));
            if (i % 3 == 0) {
                story.delete(15 + i % 25);
            }
        }
        story.remember().putUnforced(50, 8).merge().remember();
        for (int i = 0; i < 30; i++) {
            story.put(30 + i % 20, 8 + 9 * (i % 30));
        }
        return story.batch(100, 1, 2, 60, 3)
                .put(4, 8)
                .remember()
                .putUnforced(5, 60)
                .putUnforced(6, 60)
                .crash();
    }),

    /** Sealed segments, and three unsealed ones. */
    LARGE_CRASHED(() -> {
        Story story = new Story().open();
        for (int i = 0; i < 60; i++) {
            story.put(i % 40, 8 + 7 * (i % 30));
        }
        story.remember().close().remember().openWithoutSealing();
        for (int i = 0; i < 45; i++) {
            story.put(20 + i % 40, 8 + 11 * (i % 30));
            if (i % 5 == 0) {
                story.delete(20 + i % 40);
            }
            if (i % 11 == 0) {
                story.batch(70, i, i + 1, i + 2, i + 3).remember();
            }
        }
        return story.putUnforced(70, 300).putUnforced(71, 30).crash();
    }),

    /**
     * Segments of some hundred KiB and hints of several blocks, sealed, merged and unsealed, with thousands of keys, batches of hundreds of
     * records, and values longer than 64 and than 256 KiB.
     */
    LONG_SEGMENTS(() -> {
        Story story = new Story(Story.LARGE_SEGMENTS).open();
        for (int i = 0; i < 9; i++) {
            story.batch(20, range(500 * i, 500 * i + 501));
        }
        story.put(4600, 70_000).put(4601, 270_000).close().remember().open();
        story.batch(90, range(300, 1101)).batch(1000, range(2000, 2301));
        for (int i = 0; i < 10; i++) {
            story.delete(100 + i).putExpiring(4700 + i, 300).put(1500 + i, 0);
        }
        story.put(4602, 66_000).remember().merge().close().remember().openWithoutSealing();
        for (int i = 0; i < 10; i++) {
            story.put(200 + i, 30 + 40 * i).delete(3000 + i);
        }
        story.batch(80, range(3200, 3501)).put(4603, 70_000).put(4601, 265_000).remember();
        return story.batch(100, range(2500, 2901))
                .put(4600, 66_000)
                .batch(20, range(4800, 4901))
                .putUnforced(1, 90)
                .batch(40, range(10, 41))
                .putUnforced(2, 90)
                .crash();
    }),

    /** Another store, with segments of the same names. */
    FOREIGN(() -> new Story()
            .open()
            .put(0, 9)
            .put(1, 99)
            .close()
            .open()
            .put(2, 9)
            .put(3, 400)
            .close());

    private final Supplier<Story> story;
    private @Nullable Image image; // guarded by this

    private static int[] range(int from, int to) {
        return IntStream.range(from, to).toArray();
    }

    Images(Supplier<Story> story) {
        this.story = story;
    }

    @Override
    public Image get() {
        synchronized (this) {
            if (image == null) {
                image = story.get().end(name());
            }
            return image;
        }
    }
}
