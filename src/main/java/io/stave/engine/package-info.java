/**
 * The engine: the two kinds of open store, and {@link io.stave.engine.House}, which wires the rooms of one. Each
 * package below is a room with one job; arrows between them go one way.
 */
@NullMarked
package io.stave.engine;

import org.jspecify.annotations.NullMarked;
