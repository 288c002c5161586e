package io.stave.cli.data;

import io.stave.Stave;
import io.stave.cli.command.ByteForm;
import io.stave.cli.command.BytesOptions;
import io.stave.cli.command.StoreCommand;
import io.stave.cli.terminal.Terminal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A command on one key. */
abstract class KeyCommand extends StoreCommand {

    @Parameters(
            index = "1",
            paramLabel = "KEY",
            description = "The key: text, or '0x' and hexadecimal digits; otherwise as --utf8, --hex or --base64 say.")
    private @Nullable String key;

    @Mixin
    private final BytesOptions bytes = new BytesOptions();

    KeyCommand(Terminal terminal) {
        super(terminal);
    }

    /** How keys and values are written. */
    final ByteForm form() {
        return bytes.form();
    }

    /** The key that was given. */
    final byte[] key() {
        byte[] parsed = parse("key", String.valueOf(key));
        if (parsed.length == 0 || parsed.length > Stave.MAX_KEY_LENGTH) {
            throw usage("a key has 1 to " + Stave.MAX_KEY_LENGTH + " bytes, and this one " + parsed.length);
        }
        return parsed;
    }

    /** What was written on the command line, as bytes. */
    final byte[] parse(String what, String text) {
        try {
            return form().parse(text);
        } catch (IllegalArgumentException e) {
            throw usage("the " + what + " is not in " + (form() == ByteForm.BASE64 ? "base64" : "hexadecimal") + ": "
                    + text);
        }
    }
}
