package io.stave.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

class TextTest {
    private static final Style GLYPHS = new Style(false, true);

    @Test
    void padsToAWidthAndNeverCuts() {
        assertEquals("ab  ", Text.left("ab", 4));
        assertEquals("  ab", Text.right("ab", 4));
        assertEquals("abcdef", Text.left("abcdef", 4));
        assertEquals("abcdef", Text.right("abcdef", 4));
    }

    @Test
    void whatATerminalWouldObeyStandsThereAsANumber() {
        assertEquals("a\\u{1b}[31mb", Text.safe("a\u001b[31mb"));
        assertEquals("a\\u{a}b\\u{0}\\u{9b}", Text.safe("a\nb\0\u009b"));
        assertEquals("\\u{202e}txt.exe", Text.safe("\u202etxt.exe"));
        assertEquals("\\u{d800}", Text.safe("\ud800"));
        assertEquals("Müller 日本 😀", Text.safe("Müller 日本 😀"));
    }

    @Test
    void shorteningKeepsBothEndsAndTheWidth() {
        assertEquals("abcdefgh", Text.shorten("abcdefgh", 8, GLYPHS));
        assertEquals("abc…fgh", Text.shorten("abcdefgh", 7, GLYPHS));
        assertEquals("ab…gh", Text.shorten("abcdefgh", 5, GLYPHS));
        assertEquals("a...h", Text.shorten("abcdefgh", 5, Style.PLAIN));
    }

    @Test
    void shorteningTearsNoCharacterApart() {
        String faces = "😀😀😀😀😀😀";
        for (int width = 2; width <= faces.length(); width++) {
            String shorter = Text.shorten(faces, width, GLYPHS);
            assertFalse(Text.safe(shorter).contains("\\u"), shorter);
        }
    }
}
