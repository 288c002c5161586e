/** How much disk a store takes: what room is left, what is kept in reserve, how long a segment gets, when writers rest for a merge. */
@NullMarked
package io.stave.engine.space;

import org.jspecify.annotations.NullMarked;
