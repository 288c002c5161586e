/** The MANIFEST: the one authority on what exists in a store, and its atomic replacement. */
@NullMarked
package io.stave.manifest;

import org.jspecify.annotations.NullMarked;
