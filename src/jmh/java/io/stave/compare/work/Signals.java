package io.stave.compare.work;

import java.io.PrintStream;

/** What a process of a work says to whoever started it: lines on standard output, which libraries must not write to. */
public final class Signals {
    /** How the line with the result begins. */
    public static final String RESULT = "RESULT ";

    /** The line that says that a process may be killed now. */
    public static final String READY = DoomedWork.READY;

    private static PrintStream out = System.out;

    private Signals() {}

    /** Keeps standard output for signals; what else is printed goes to standard error from now on. */
    public static void own() {
        out = System.out;
        System.setOut(System.err);
    }

    /** Says a line. */
    public static void say(String line) {
        out.println(line);
        out.flush();
    }
}
