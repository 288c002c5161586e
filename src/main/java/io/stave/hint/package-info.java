/**
 * Hints: beside each sealed segment a file that lists what a scan of it would find, and a filter over its keys. A hint is advice: whatever
 * is wrong with it, the segment can be scanned instead. The format is described in {@code hints/FORMAT.md}.
 */
@NullMarked
package io.stave.hint;

import org.jspecify.annotations.NullMarked;
