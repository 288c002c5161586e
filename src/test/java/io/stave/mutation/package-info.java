/**
 * The mutation check: takes the lines that uphold the invariants out of the code, one at a time, and shows that the tests notice.
 *
 * <p>{@code Mutants} reads the list, {@code Mutation} compiles one of them, {@code Jury} runs the tests against it in a process of its own,
 * {@code MutationCheck} is the command. The list itself is kept true by {@code MutantsTest}, in every build.
 */
@NullMarked
package io.stave.mutation;

import org.jspecify.annotations.NullMarked;
