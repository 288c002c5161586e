package io.stave.cli.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.cli.terminal.Text;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ByteFormTest {

    @Property
    void whatIsShownIsReadAgain(@ForAll byte[] bytes) {
        assertReadAgain(bytes);
    }

    @Property
    void soIsText(@ForAll String text) {
        assertReadAgain(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertReadAgain(byte[] bytes) {
        for (ByteForm form : new ByteForm[] {ByteForm.AUTO, ByteForm.HEX, ByteForm.BASE64}) {
            String shown = form.show(bytes);
            assertEquals(Text.safe(shown), shown);
            if (bytes.length > 0) {
                assertArrayEquals(bytes, form.parse(shown), shown);
            }
        }
    }

    @Test
    void textThatLooksLikeHexadecimalIsShownSo() {
        assertEquals("0x30783030", ByteForm.AUTO.show("0x00".getBytes(StandardCharsets.UTF_8)));
        assertEquals("grün", ByteForm.AUTO.show("grün".getBytes(StandardCharsets.UTF_8)));
        assertEquals("\\u{1b}[2J", ByteForm.UTF8.show("\u001b[2J".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whatIsInNoFormIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> ByteForm.HEX.parse("0"));
        assertThrows(IllegalArgumentException.class, () -> ByteForm.BASE64.parse("?"));
        assertArrayEquals("0xz".getBytes(StandardCharsets.UTF_8), ByteForm.AUTO.parse("0xz"));
    }

    @Test
    void spansOfTimeHaveUnits() {
        assertEquals(Duration.ofMinutes(90), Durations.parse("90m"));
        for (String wrong : new String[] {"90", "m", "-1s", "0s", "1.5h", "99999999999d"}) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> Durations.parse(wrong));
            assertTrue(String.valueOf(refused.getMessage()).contains(wrong));
        }
    }
}
