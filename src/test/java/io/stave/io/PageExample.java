package io.stave.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** Compares the examples in a format page with what the code writes, so that the page stays true. */
public final class PageExample {

    private static final int LINE = 16;

    private PageExample() {}

    /**
     * Fails unless the block of {@code page} behind the comment {@code <!-- example: NAME -->} is {@code bytes} as {@code xxd} shows
     * them.
     */
    public static void assertShown(Path page, String name, byte[] bytes) throws IOException {
        assertEquals(dump(bytes), block(page, name), () -> page + " should show\n" + dump(bytes));
    }

    /** Fails unless the page contains {@code text}. */
    public static void assertSays(Path page, String text) throws IOException {
        assertTrue(Files.readString(page).contains(text), () -> page + " should say: " + text);
    }

    private static String block(Path page, String name) throws IOException {
        String text = Files.readString(page);
        String marker = "<!-- example: " + name + " -->";
        int at = text.indexOf(marker);
        assertTrue(at >= 0, page + " has no " + marker);
        int from = text.indexOf('\n', text.indexOf("```", at)) + 1;
        return text.substring(from, text.indexOf("```", from));
    }

    /** Returns what {@code xxd} prints. */
    public static String dump(byte[] bytes) {
        StringBuilder dump = new StringBuilder();
        for (int at = 0; at < bytes.length; at += LINE) {
            int n = Math.min(LINE, bytes.length - at);
            StringBuilder hex = new StringBuilder();
            StringBuilder text = new StringBuilder();
            for (int i = at; i < at + n; i++) {
                hex.append(HexFormat.of().toHexDigits(bytes[i])).append((i - at) % 2 == 1 ? " " : "");
                text.append(bytes[i] >= ' ' && bytes[i] < 0x7F ? (char) bytes[i] : '.');
            }
            dump.append(String.format("%08x: %-40s %s%n", at, hex, text).replace("\r\n", "\n"));
        }
        return dump.toString();
    }
}
