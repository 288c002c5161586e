package io.stave.cli.report;

import io.stave.cli.command.BytesOptions;
import io.stave.cli.command.StoreCommand;
import io.stave.cli.inspect.Anomalies;
import io.stave.cli.inspect.StoreFindings;
import io.stave.cli.inspect.StoreLook;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Terminal;
import io.stave.cli.terminal.Units;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stave report}: a store as a page to look at. */
@Command(
        name = "report",
        header = "Draw a store as a page of HTML.",
        description = {
            "",
            "One file that needs no network, for light and dark, phone and paper: segments by live, dead and expired"
                    + " bytes, lengths, ages and times to live, the keydir, what an open does, and what a merge would"
                    + " give back. Its numbers are those of 'stave info --json', which it carries along. Reads every"
                    + " record, takes no lock. Exits with 3 if it meets damage.",
            ""
        },
        footer = {"", "Examples:", "  stave report --html=my-store.html my-store"})
public final class ReportCommand extends StoreCommand {

    @Mixin
    private final BytesOptions bytes = new BytesOptions();

    @Option(names = "--html", required = true, paramLabel = "FILE", description = "The file to write.")
    private @Nullable Path file;

    @Option(
            names = "--biggest",
            paramLabel = "COUNT",
            description = "Show so many of the biggest entries, by default 20.")
    private int biggest = 20;

    /** Writes to a terminal. */
    public ReportCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected int run(Progress progress) throws IOException {
        Path target = Objects.requireNonNull(file, "picocli sees to it");
        progress.begin("opening " + store());
        StoreFindings found = new StoreLook(store(), bytes.form(), biggest, false, progress).find();
        byte[] page = HtmlReport.of(found).getBytes(StandardCharsets.UTF_8);
        Files.write(target, page);
        progress.close();
        terminal.out().println("wrote " + target + ", " + Units.bytes(page.length));
        return Anomalies.exitCode(found.anomalies());
    }
}
