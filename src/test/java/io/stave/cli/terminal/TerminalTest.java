package io.stave.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void colourAppearsOnATerminalOnly() {
        assertTrue(terminal(Map.of(), true, true).outStyle().colour());
        assertFalse(terminal(Map.of(), false, true).outStyle().colour());
        assertTrue(terminal(Map.of(), false, true).errStyle().colour());
        assertFalse(terminal(Map.of(), true, false).errStyle().colour());
    }

    @Test
    void noColorForbidsColourUnlessItIsEmpty() {
        assertFalse(terminal(Map.of("NO_COLOR", "1"), true, true).outStyle().colour());
        assertFalse(terminal(Map.of("NO_COLOR", "1"), true, true).errStyle().colour());
        assertTrue(terminal(Map.of("NO_COLOR", ""), true, true).outStyle().colour());
    }

    @Test
    void noColorLeavesTheProgressLine() {
        assertTrue(terminal(Map.of("NO_COLOR", "1"), true, true).live());
    }

    @Test
    void aDumbTerminalGetsNeitherColourNorALineThatIsOverwritten() {
        Terminal dumb = terminal(Map.of("TERM", "dumb"), true, true);
        assertFalse(dumb.outStyle().colour());
        assertFalse(dumb.live());
    }

    @Test
    void aLineIsOverwrittenOnlyWhereErrorsGoToATerminal() {
        assertFalse(terminal(Map.of(), true, false).live());
        assertTrue(terminal(Map.of(), false, true).live());
    }

    @Test
    void glyphsAppearWhereTheLocaleHasThem() {
        assertEquals("░", written(StandardCharsets.UTF_8));
        assertEquals(".", written(StandardCharsets.ISO_8859_1));
        assertEquals("░", written(StandardCharsets.US_ASCII), "no locale at all: terminals are UTF-8");
    }

    @Test
    void paintLeavesPlainTextAlone() {
        Style plain = new Style(false, true);
        Style colour = new Style(true, true);
        assertEquals("x", plain.bold("x").concat(plain.bad("")));
        assertEquals("\u001b[32mx\u001b[0m", colour.good("x"));
        assertEquals("", colour.good(""));
        assertEquals("x", colour.withoutColour().good("x"));
    }

    private String written(Charset charset) {
        out.reset();
        Terminal terminal = Terminal.of(Map.of(), false, false, charset, new PrintStream(out), new PrintStream(err));
        terminal.out().print(terminal.outStyle().hollow());
        return out.toString(StandardCharsets.UTF_8);
    }

    private Terminal terminal(Map<String, String> environment, boolean outIsTerminal, boolean errIsTerminal) {
        return Terminal.of(
                environment,
                outIsTerminal,
                errIsTerminal,
                StandardCharsets.UTF_8,
                new PrintStream(out),
                new PrintStream(err));
    }
}
