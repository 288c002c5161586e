/** A store that another process may be writing to, shown moment by moment without a lock and without a write. */
@NullMarked
package io.stave.engine.readonly;

import org.jspecify.annotations.NullMarked;
