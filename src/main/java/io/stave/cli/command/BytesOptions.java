package io.stave.cli.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options that say how keys and values are written and shown. */
public final class BytesOptions {

    @ArgGroup
    private @Nullable Choice choice;

    /** At most one of these. */
    static final class Choice {
        @Option(names = "--utf8", description = "Keys and values are text in UTF-8.")
        private boolean utf8;

        @Option(names = "--hex", description = "Keys and values are in hexadecimal.")
        private boolean hex;

        @Option(
                names = "--base64",
                description = "Keys and values are in base64. Without any of the three: as text where that is readable,"
                        + " else in hexadecimal after '0x'.")
        private boolean base64;

        private ByteForm form() {
            return utf8 ? ByteForm.UTF8 : hex ? ByteForm.HEX : base64 ? ByteForm.BASE64 : ByteForm.AUTO;
        }
    }

    /** What was chosen. */
    public ByteForm form() {
        return choice == null ? ByteForm.AUTO : choice.form();
    }
}
