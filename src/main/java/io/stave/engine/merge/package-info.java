/** Reclaims what is dead: plans, merges, sweeps what has expired, by hand and in the background (I6, I7). */
@NullMarked
package io.stave.engine.merge;

import org.jspecify.annotations.NullMarked;
