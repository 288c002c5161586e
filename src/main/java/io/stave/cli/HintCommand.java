package io.stave.cli;

import io.stave.cli.act.HintRebuildCommand;
import io.stave.cli.command.Family;
import io.stave.cli.inspect.HintDiffCommand;
import io.stave.cli.inspect.HintDumpCommand;
import io.stave.cli.inspect.HintShowCommand;
import io.stave.cli.inspect.HintVerifyCommand;
import picocli.CommandLine.Command;

/** {@code stave hint}: the commands for hints. */
@Command(
        name = "hint",
        header = "Look into hints: what they say, and whether they can be trusted.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        subcommands = {
            HintShowCommand.class,
            HintDumpCommand.class,
            HintVerifyCommand.class,
            HintDiffCommand.class,
            HintRebuildCommand.class
        },
        description = {
            "",
            "A hint stands beside each sealed segment and says what a scan of it would find, so that an open need not"
                    + " read the segment. It is advice: whatever is wrong with one, nothing is lost but time.",
        },
        footer = {"", "Examples:", "  stave hint verify my-store", "  stave hint show my-store 7"})
public final class HintCommand extends Family {}
