/**
 * Stave: an embeddable, durable key-value store. {@link io.stave.Stave} is the contract and the way in.
 *
 * <p>Types here are immutable unless they say otherwise. References are never null unless marked {@code @Nullable};
 * passing null elsewhere throws {@link NullPointerException}. Records of figures ({@link io.stave.Stats},
 * {@link io.stave.RecoveryReport}, {@link io.stave.MergePlan}, {@link io.stave.MergeReport}) gain components from
 * release to release: read them by accessor, and do not rely on their constructors.
 *
 * @since 0.1
 */
@NullMarked
package io.stave;

import org.jspecify.annotations.NullMarked;
