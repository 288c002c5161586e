/**
 * The keydir that holds whole keys, outside the heap, in Chronicle Maps: {@link io.stave.keydir.chronicle.ChronicleKeydir}.
 *
 * <p>The library that it needs is there only where somebody brought it. So nobody names a class of this package before {@link
 * io.stave.keydir.chronicle.ChronicleRequirements} has been asked, and that one names no class of the library.
 */
@NullMarked
package io.stave.keydir.chronicle;

import org.jspecify.annotations.NullMarked;
