/** Tests that keep the pages of the repository true. */
@NullMarked
package io.stave.docs;

import org.jspecify.annotations.NullMarked;
