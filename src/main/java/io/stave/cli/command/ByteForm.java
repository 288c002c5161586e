package io.stave.cli.command;

import io.stave.cli.terminal.Text;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * How keys and values are written on a command line and shown. Whatever the form, what is shown cannot control a terminal, and what
 * {@link #AUTO}, {@link #HEX} and {@link #BASE64} show is what they read.
 */
public enum ByteForm {
    /** As text where that is readable, else in hexadecimal with {@code 0x} in front. */
    AUTO,
    /** As text in UTF-8. What cannot be shown stands there as a number. */
    UTF8,
    /** In hexadecimal. */
    HEX,
    /** In base64. */
    BASE64;

    private static final String PREFIX = "0x";

    /** Returns bytes as they are shown. */
    public String show(byte[] bytes) {
        return switch (this) {
            case AUTO -> readable(bytes);
            case UTF8 -> Text.safe(new String(bytes, StandardCharsets.UTF_8));
            case HEX -> HexFormat.of().formatHex(bytes);
            case BASE64 -> Base64.getEncoder().encodeToString(bytes);
        };
    }

    /**
     * Returns the bytes that a text on the command line stands for.
     *
     * @throws IllegalArgumentException if it stands for none
     */
    public byte[] parse(String text) {
        return switch (this) {
            case AUTO -> isHex(text) ? hex(text) : text.getBytes(StandardCharsets.UTF_8);
            case UTF8 -> text.getBytes(StandardCharsets.UTF_8);
            case HEX -> hex(text);
            case BASE64 -> Base64.getDecoder().decode(text);
        };
    }

    private static String readable(byte[] bytes) {
        String text = text(bytes);
        if (text != null && Text.safe(text).equals(text) && !text.startsWith(PREFIX)) {
            return text;
        }
        return PREFIX + HexFormat.of().formatHex(bytes);
    }

    /** Returns bytes as text, or null if they are none in UTF-8. */
    public static @Nullable String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static boolean isHex(String text) {
        return text.matches("0x([0-9a-fA-F]{2})+");
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text);
    }
}
