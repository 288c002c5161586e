/**
 * Segments: the files that hold the records. The record format; the active segment, which is appended to; sealed segments, which are read
 * through mappings; the scanner, which tells torn from corrupt.
 */
@NullMarked
package io.stave.segment;

import org.jspecify.annotations.NullMarked;
