/** What every room of the engine stands on and that knows nothing of a store: its health, its threads, clocks, counters, memory for tables. */
@NullMarked
package io.stave.engine.base;

import org.jspecify.annotations.NullMarked;
