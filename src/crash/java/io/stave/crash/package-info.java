/**
 * Crash tests on the real file system: a workload in a JVM of its own is killed, its disk is cut off, filled up or made to fail,
 * and a verifier compares what the reopened store holds with a journal that lay outside of it.
 */
@org.jspecify.annotations.NullMarked
package io.stave.crash;
