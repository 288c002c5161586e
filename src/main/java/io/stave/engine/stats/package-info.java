/** The figures of a store, for its user and for those who look on from outside. */
@NullMarked
package io.stave.engine.stats;

import org.jspecify.annotations.NullMarked;
