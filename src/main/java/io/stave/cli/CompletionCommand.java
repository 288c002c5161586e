package io.stave.cli;

import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Terminal;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stave completion}: what a shell needs to complete command lines. */
@Command(
        name = "completion",
        header = "Print a completion script for bash and zsh.",
        description = {"", "Completes commands and options. One script serves both shells.", ""},
        footer = {
            "",
            "Examples:",
            "  source <(stave completion)                                  this shell",
            "  stave completion > /etc/bash_completion.d/stave             every bash",
            "  echo 'source <(stave completion)' >> ~/.zshrc               every zsh"
        })
public final class CompletionCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    /** Writes to a terminal. */
    public CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CommandSpec own = Objects.requireNonNull(spec, "picocli sees to it");
        terminal.out().print(AutoComplete.bash("stave", own.root().commandLine()));
        terminal.out().flush();
        return ExitCode.OK;
    }
}
