package io.stave.cli.tour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.cli.terminal.Style;
import io.stave.cli.tour.TourInput.LeftOut;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was left out, on the page. The page as a whole is looked at in {@link TourTest}. */
class SummaryTest {
    private static final Style GLYPHS = new Style(false, true);

    /** Of the 80 characters of a line two are for its indentation. */
    private static final int WIDTH = 78;

    @Test
    void allThatIsTooLongIsNamedAndOfTheRestTheFirst() {
        List<LeftOut> leftOut = new ArrayList<>();
        for (int i = 10; i < 30; i++) {
            leftOut.add(new LeftOut("link" + i, "a link that leads nowhere", false));
            leftOut.add(new LeftOut("video" + i, "122.7 MiB, over the limit of 16.0 MiB", true));
        }
        List<String> lines = lines(leftOut);
        assertEquals(21, lines.size());
        assertTrue(lines.get(0).startsWith("left out  video10 "), lines.get(0));
        assertTrue(lines.get(19).startsWith("          video29 "), lines.get(19));
        assertEquals("          and 20 more", lines.get(20));

        lines = lines(leftOut.stream().filter(file -> !file.tooLong()).toList());
        assertEquals(13, lines.size());
        assertTrue(lines.get(11).startsWith("          link21 "), lines.get(11));
        assertEquals("          and 8 more", lines.get(12));
    }

    @Test
    void theLimitIsReadInFullBesideAnyName() {
        String reason = "122.7 MiB, over the limit of 16.0 MiB";
        for (String name :
                List.of("x", "jdk/lib/server/libjvm.so", "a/very/long/path/to/a/file/that/is/far/too/long")) {
            String line = lines(List.of(new LeftOut(name, reason, true))).get(0);
            assertTrue(line.endsWith("  " + reason), line);
            assertTrue(line.length() <= WIDTH, line);
        }
    }

    @Test
    void namesAndReasonsCannotControlTheTerminal() {
        String line =
                lines(List.of(new LeftOut("a\u001b[2J", "b\u001b[2J", false))).get(0);
        assertTrue(line.chars().noneMatch(Character::isISOControl), line);
    }

    private static List<String> lines(List<LeftOut> leftOut) {
        return Summary.leftOut(new TourInput("here", List.of(), leftOut), GLYPHS);
    }
}
