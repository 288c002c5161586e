/** What is live: the segments and what the MANIFEST says of them, who still reads them, and when what was replaced is freed. */
@NullMarked
package io.stave.engine.live;

import org.jspecify.annotations.NullMarked;
