/** What the commands share: their parameters, how they open a store, and how what they find out is shown to people and to programs. */
@NullMarked
package io.stave.cli.command;

import org.jspecify.annotations.NullMarked;
