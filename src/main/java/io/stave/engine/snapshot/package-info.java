/** Moments of a store that stay readable while it goes on, and the walk over all of its keys. */
@NullMarked
package io.stave.engine.snapshot;

import org.jspecify.annotations.NullMarked;
