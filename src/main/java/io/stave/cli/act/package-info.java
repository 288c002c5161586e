/** The commands that change a store's files, holding its lock: merge, hint rebuild, repair. */
@NullMarked
package io.stave.cli.act;

import org.jspecify.annotations.NullMarked;
