package io.stave.cli.data;

import io.stave.CorruptionException;
import io.stave.ReadOnlyStave;
import io.stave.StoredRecord;
import io.stave.cli.command.ByteForm;
import io.stave.cli.command.BytesOptions;
import io.stave.cli.command.Damages;
import io.stave.cli.command.Stop;
import io.stave.cli.command.StoreCommand;
import io.stave.cli.terminal.Lines;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Terminal;
import io.stave.cli.terminal.Units;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stave scan}: all entries. */
@Command(
        name = "scan",
        header = "List keys and values.",
        description = {
            "",
            "One line each, key and value with a tab between, in the order of the disk, which is not that of the keys:"
                    + " pipe it through 'sort' if that matters. Of a value in a file of its own only the length is shown. Reads every"
                    + " segment, verifies what it reads, and"
                    + " takes no lock. What does not verify is reported on standard error and left out; then it exits"
                    + " with 3.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stave scan my-store | less",
            "  stave scan --prefix=user/ --keys my-store   the keys that begin so",
            "  stave scan --limit=10 --hex my-store        ten entries in hexadecimal"
        })
public final class ScanCommand extends StoreCommand {

    @Mixin
    private final BytesOptions bytes = new BytesOptions();

    @Option(
            names = "--prefix",
            paramLabel = "KEY",
            description = "Only keys that begin with this, written as a key is.")
    private @Nullable String prefix;

    @Option(names = "--limit", paramLabel = "COUNT", description = "At most so many.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--keys", description = "Keys only.")
    private boolean keysOnly;

    /** Writes to a terminal. */
    public ScanCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected int run(Progress progress) throws IOException {
        ByteForm form = bytes.form();
        byte[] begin = beginning(form);
        Damages damages = new Damages(terminal);
        try (ReadOnlyStave store = openReadOnly(progress);
                Lines lines = new Lines(terminal.out())) {
            progress.close();
            if (limit > 0) {
                Stop.catching(() -> store.walk(new Listing(lines, form, begin, damages)));
            }
        }
        return damages.exitCode();
    }

    private byte[] beginning(ByteForm form) {
        try {
            return prefix == null ? new byte[0] : form.parse(prefix);
        } catch (IllegalArgumentException e) {
            throw usage("the prefix is not in the form that was chosen: " + prefix);
        }
    }

    /** Prints the live ones. */
    private final class Listing implements StoredRecord.Visitor {
        private final Lines lines;
        private final ByteForm form;
        private final byte[] begin;
        private final Damages damages;
        private long count;

        Listing(Lines lines, ByteForm form, byte[] begin, Damages damages) {
            this.lines = lines;
            this.form = form;
            this.begin = begin;
            this.damages = damages;
        }

        @Override
        public void record(StoredRecord record) {
            if (record.keyLength() < begin.length || record.fate() != StoredRecord.Fate.LIVE) {
                return;
            }
            byte[] key = record.key();
            if (Arrays.mismatch(begin, 0, begin.length, key, 0, begin.length) >= 0) {
                return;
            }
            boolean read = lines.line(keysOnly ? form.show(key) : form.show(key) + "\t" + value(record));
            if (++count == limit || !read) {
                throw new Stop();
            }
        }

        /** A blob is not read: nobody wants to see megabytes. */
        private String value(StoredRecord record) {
            return record.inBlob()
                    ? "<large value of " + Units.counted(record.valueLength(), "byte") + ">"
                    : form.show(record.value());
        }

        @Override
        public void damaged(CorruptionException damage, long bytesLeftOut) {
            damages.report(damage, bytesLeftOut);
        }
    }
}
