/** Puts, deletes, batches: conditions, groups, append, force, publish (I1, I2, I5, I8), and the seal of what is full. */
@NullMarked
package io.stave.engine.write;

import org.jspecify.annotations.NullMarked;
