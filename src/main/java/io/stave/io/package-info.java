/**
 * The one seam to the file system: what a store asks of it, and the real implementation.
 *
 * <p>Every call says what it promises about crashes. Nothing here knows what the bytes mean. Nothing here is affected by
 * an interrupt of the calling thread (I13), needs a JVM flag (I12), or prints a warning.
 */
@NullMarked
package io.stave.io;

import org.jspecify.annotations.NullMarked;
