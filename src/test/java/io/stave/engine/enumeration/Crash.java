package io.stave.engine.enumeration;

import io.stave.io.CrashState;

/**
 * A crash before one operation of the disk.
 *
 * @param point how many operations were done
 * @param state what it left
 */
record Crash(int point, CrashState state) {}
