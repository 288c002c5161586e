/**
 * The events that the engine leaves in the recordings of the Java Flight Recorder. Only {@link io.stave.engine.events.Flight} is for use by
 * others, so that the engine runs where there is no module {@code jdk.jfr}.
 */
@NullMarked
package io.stave.engine.events;

import org.jspecify.annotations.NullMarked;
