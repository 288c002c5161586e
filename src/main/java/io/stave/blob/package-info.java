/**
 * Blobs: the files that hold one large value each, in chunks with a checksum. Their format; writing one, reading one; the journal of an upload
 * that may be resumed.
 */
@NullMarked
package io.stave.blob;

import org.jspecify.annotations.NullMarked;
