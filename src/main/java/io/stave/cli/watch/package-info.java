/** The command that looks on while another process has a store open. */
@NullMarked
package io.stave.cli.watch;

import org.jspecify.annotations.NullMarked;
