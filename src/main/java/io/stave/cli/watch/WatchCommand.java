package io.stave.cli.watch;

import com.fasterxml.jackson.core.JsonGenerator;
import io.stave.cli.command.Durations;
import io.stave.cli.command.Failed;
import io.stave.cli.command.Json;
import io.stave.cli.command.StoreCommand;
import io.stave.cli.inspect.StatsFigures;
import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Terminal;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stave watch}: live figures of a store that another process has open. */
@Command(
        name = "watch",
        header = "Show live figures of a store that another process has open.",
        description = {
            "",
            "Reads the file STATS, which the writer replaces each second in which a figure has changed, and shows what"
                    + " is in the store and what happens to it each second. On a terminal the figures are replaced in"
                    + " place; elsewhere each look is a line. It ends when it is interrupted or the store is closed.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stave watch my-store",
            "  stave watch --interval=10s my-store >> figures.txt",
            "  stave watch --json --count=2 my-store"
        })
public final class WatchCommand extends StoreCommand {

    @Option(names = "--interval", paramLabel = "TIME", description = "How often to look, by default 1s.")
    private String interval = "1s";

    @Option(names = "--count", paramLabel = "COUNT", description = "Look so often, and end.")
    private long count = Long.MAX_VALUE;

    @Option(names = "--json", description = "Print all figures as a JSON object in each line.")
    private boolean json;

    /** Writes to a terminal. */
    public WatchCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected int run(Progress progress) throws IOException {
        Duration pause = pause();
        boolean inPlace = terminal.attended() && terminal.live() && !json;
        Sample sample = null;
        int shown = 0;
        for (long i = 0; i < count; i++) {
            Map<String, Object> figures = StatsFigures.read(store());
            if (figures == null) {
                return gone(sample);
            }
            sample = new Sample(figures, sample);
            if (inPlace) {
                shown = show(sample, shown);
            } else {
                print(sample, i == 0);
            }
            if (terminal.out().checkError() || (i + 1 < count && !sleep(pause))) {
                break;
            }
        }
        return ExitCode.OK;
    }

    private Duration pause() {
        try {
            return Durations.parse(interval);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private int gone(@Nullable Sample seen) {
        if (seen != null) {
            terminal.out().println("the store was closed");
            return ExitCode.OK;
        }
        throw new Failed(
                ExitCode.FAILED,
                "no process has " + store()
                        + " open for writing: there is no file STATS. 'stave info' looks into a store"
                        + " that is closed");
    }

    private int show(Sample sample, int shown) {
        List<String> lines = WatchScreen.lines(sample, store().toString(), Instant.now(), terminal.outStyle());
        StringBuilder text = new StringBuilder(shown == 0 ? "" : "\u001b[" + shown + "A");
        lines.forEach(line -> text.append("\u001b[2K").append(line).append('\n'));
        terminal.out().print(text);
        terminal.out().flush();
        return lines.size();
    }

    private void print(Sample sample, boolean first) throws IOException {
        if (json) {
            StringWriter text = new StringWriter();
            try (JsonGenerator out = Json.FACTORY.createGenerator(text)) {
                out.writeStartObject();
                out.writeNumberField("schema", Json.SCHEMA);
                out.writeFieldName("figures");
                Json.value(sample.figures(), out);
                out.writeEndObject();
            }
            terminal.out().println(text);
            return;
        }
        if (first) {
            terminal.out().println(WatchScreen.head());
        }
        terminal.out().println(WatchScreen.line(sample));
    }

    /** False if the thread was interrupted. */
    private static boolean sleep(Duration pause) {
        try {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
