/**
 * {@code stave tour}: takes a folder through a store that is killed, recovered, merged and reopened, and compares every
 * acknowledged file with the disk. {@link io.stave.cli.tour.Tour} is the story; the other classes are its parts.
 */
@NullMarked
package io.stave.cli.tour;

import org.jspecify.annotations.NullMarked;
