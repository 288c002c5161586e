/** From files to a store: inspects first, reading only, then acts (I4, I10). */
@NullMarked
package io.stave.engine.recovery;

import org.jspecify.annotations.NullMarked;
