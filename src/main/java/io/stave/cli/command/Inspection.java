package io.stave.cli.command;

import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Terminal;
import java.io.IOException;
import picocli.CommandLine.Option;

/**
 * A command that reads: it finds out first, as a plain record, and then shows that to people, or to programs as JSON.
 *
 * @param <F> what it finds out
 */
public abstract class Inspection<F extends Record> extends StoreCommand {

    @Option(names = "--json", description = "Print JSON, with the version of its schema, instead of a table.")
    private boolean json;

    /** Writes to a terminal. */
    protected Inspection(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected final int run(Progress progress) throws IOException {
        F findings = find(progress);
        progress.close();
        if (json) {
            Json.print(findings, terminal.out());
        } else {
            show(findings, new Sheet(terminal.out(), terminal.outStyle()));
        }
        return exitCode(findings);
    }

    /** Finds out; shows nothing. */
    protected abstract F find(Progress progress) throws IOException;

    /** Shows it to people. */
    protected abstract void show(F findings, Sheet sheet);

    /** What the findings tell the shell. */
    protected int exitCode(F findings) {
        return ExitCode.OK;
    }
}
