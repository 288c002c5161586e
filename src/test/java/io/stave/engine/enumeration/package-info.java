/**
 * Every crash of a scripted life, in every way that a disk may leave it: each state is recovered and judged.
 *
 * <pre>
 *   Workload --run once--> Life --takes--> Notes
 *                            |               |
 *                            v               v
 *   log of the disk  --->  Recording: at each point of the log, what a crash may take back
 *                            |
 *         Enumeration: every point x StateSpace (every state that a crash may leave there)
 *                            |
 *                            v
 *   Outcomes: each different content once --> Judge --> Outcome --> Recording.check
 *                            |
 *                            v
 *   Spot: workload, seed, point and state, printed with the command that goes there again
 * </pre>
 */
@NullMarked
package io.stave.engine.enumeration;

import org.jspecify.annotations.NullMarked;
