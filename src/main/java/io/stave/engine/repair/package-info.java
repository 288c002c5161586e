/** What is asked for by hand, on a store that nobody has open: hints made anew, and damage mended with what is lost for it. */
@NullMarked
package io.stave.engine.repair;

import org.jspecify.annotations.NullMarked;
