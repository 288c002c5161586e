package io.stave.engine.repair;

import io.stave.manifest.ListedSegment;
import org.jspecify.annotations.Nullable;

/**
 * An unsealed segment, and how much of it is the log's.
 *
 * @param segment the segment as the MANIFEST lists it
 * @param end what lies behind was never known to be durable, and an open would cut it off; {@link Salvage#WHOLE} if nobody says where that is
 * @param reason what is wrong with it below what is certified, in words; null if nothing is
 */
record LogPart(ListedSegment segment, long end, @Nullable String reason) {}
