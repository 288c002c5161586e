/** Large values: their writers, and uploads that survive a crash. Begin with {@code Blobs}. */
@NullMarked
package io.stave.engine.blob;

import org.jspecify.annotations.NullMarked;
