/** How the command line looks: colours, bars, units, text that is safe to show, progress. Of stores it knows only how their failures are called. */
@NullMarked
package io.stave.cli.terminal;

import org.jspecify.annotations.NullMarked;
