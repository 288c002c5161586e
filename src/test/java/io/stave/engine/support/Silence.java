package io.stave.engine.support;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps the store from logging where a test lets thousands of things fail; for properties, which know no {@link QuietLog}. */
public final class Silence {

    // Loggers that nobody holds are collected, and their level with them.
    private static final Logger LOG = Logger.getLogger("io.stave");

    private Silence() {}

    /** Nothing is logged from now on. */
    public static void please() {
        LOG.setLevel(Level.OFF);
    }
}
