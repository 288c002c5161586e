/**
 * The command line {@code stave}: the commands, and what they tell the shell. The pieces of one command that is more
 * than a few classes live in a package below, as do the means to write to a terminal.
 */
@NullMarked
package io.stave.cli;

import org.jspecify.annotations.NullMarked;
