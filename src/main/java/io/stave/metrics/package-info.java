/**
 * The figures of a store as Micrometer meters: {@link io.stave.metrics.StaveMetrics}. The one package that needs {@code
 * io.micrometer:micrometer-core}, which Stave does not bring along.
 */
@NullMarked
package io.stave.metrics;

import org.jspecify.annotations.NullMarked;
