/**
 * Stores that were damaged on the disk, in every way and at random: nothing shown is ever wrong, and whatever cannot be shown is named.
 *
 * <pre>
 *   Story --tells--> Image: files, every state the store went through, where the writes of its unsealed segments lie
 *                      |
 *       DamageKind, Damage: what is done to a copy of the files --> Damaged
 *                      |
 *                      v
 *   Judge: opens it for reading and for writing, reads, walks, merges, opens again --> Sight, compared with what the Image allows
 *                      ^
 *   Campaign: every flipped bit and every length of small images; drawn from a seed on large ones
 * </pre>
 */
@NullMarked
package io.stave.engine.damage;

import org.jspecify.annotations.NullMarked;
