/** Checkpoints: a store's segments at one moment under names of their own, and restores of them (I5, I7). */
@NullMarked
package io.stave.engine.backup;

import org.jspecify.annotations.NullMarked;
