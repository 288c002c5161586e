package io.stave.engine.damage;

import java.util.function.Supplier;
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
