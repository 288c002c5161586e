/** The commands that look into a store and its files, beside whoever writes them: hint, segment, info, stats, verify. */
@NullMarked
package io.stave.cli.inspect;

import org.jspecify.annotations.NullMarked;
