package io.stave.cli;

import io.stave.cli.command.Family;
import io.stave.cli.inspect.SegmentDumpCommand;
import io.stave.cli.inspect.SegmentShowCommand;
import io.stave.cli.inspect.SegmentVerifyCommand;
import picocli.CommandLine.Command;

/** {@code stave segment}: the commands for segments. */
@Command(
        name = "segment",
        header = "Look into segments: the files that hold the records.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        subcommands = {SegmentShowCommand.class, SegmentDumpCommand.class, SegmentVerifyCommand.class},
        footer = {"", "Examples:", "  stave segment verify my-store", "  stave segment dump my-store 7 | less"})
public final class SegmentCommand extends Family {}
