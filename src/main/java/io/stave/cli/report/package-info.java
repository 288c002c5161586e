/** The command that draws a store as a page of HTML. */
@NullMarked
package io.stave.cli.report;

import org.jspecify.annotations.NullMarked;
