/** Gets: from the keydir to a verified record (I9, I11). */
@NullMarked
package io.stave.engine.read;

import org.jspecify.annotations.NullMarked;
