package io.stave.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BarsTest {
    private static final Style GLYPHS = new Style(false, true);

    @Test
    void partsAreProportional() {
        assertEquals("████░░    ", Bars.parts(40, 20, 100, 10, GLYPHS));
        assertEquals("##########", Bars.parts(100, 0, 100, 10, Style.PLAIN));
        assertEquals("..........", Bars.parts(0, 100, 100, 10, Style.PLAIN));
        assertEquals("          ", Bars.parts(0, 0, 100, 10, GLYPHS));
        assertEquals("          ", Bars.parts(0, 0, 0, 10, GLYPHS));
    }

    @Test
    void theOnlyCellBelongsToTheLargerPart() {
        assertEquals("█    ", Bars.parts(2, 1, 1_000_000, 5, GLYPHS));
        assertEquals("░    ", Bars.parts(1, 2, 1_000_000, 5, GLYPHS));
    }

    @Test
    void smoothBarsCountInEighths() {
        assertEquals("█████     ", Bars.smooth(50, 100, 10, GLYPHS));
        assertEquals("█▌ ", Bars.smooth(50, 100, 3, GLYPHS));
        assertEquals("▏  ", Bars.smooth(1, 1_000_000, 3, GLYPHS));
        assertEquals("   ", Bars.smooth(0, 0, 3, GLYPHS));
        assertEquals("███", Bars.smooth(200, 100, 3, GLYPHS));
        assertEquals("## ", Bars.smooth(50, 100, 3, Style.PLAIN));
    }

    @Test
    void everyBarIsAsWideAsAskedFor() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            long live = random.nextInt(3) == 0 ? 0 : random.nextInt(1000);
            long dead = random.nextInt(3) == 0 ? 0 : random.nextInt(1000);
            long scale = live + dead + random.nextInt(1000);
            int width = 1 + random.nextInt(40);
            for (Style style : new Style[] {GLYPHS, Style.PLAIN}) {
                assertEquals(width, Bars.parts(live, dead, scale, width, style).length());
                assertEquals(width, Bars.smooth(live, scale, width, style).length());
            }
        }
    }
}
