/**
 * The engine: wires the rooms of a store and does what they cannot do alone. The write path (append, force, publish), recovery (inspect,
 * then act), and the merge live here.
 */
@NullMarked
package io.stave.engine;

import org.jspecify.annotations.NullMarked;
