package io.stave.keydir.chronicle;

import io.stave.KeydirUnavailableException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds out, before a class of the library is initialized, whether this JVM can run it. Names none of its classes in code. */
public final class ChronicleRequirements {

    /** What to put into a build, and what to leave out. */
    private static final String LIBRARY = "net.openhft:chronicle-map:2026.1";

    private static final String MAP = "net.openhft.chronicle.map.ChronicleMap";
    private static final String CORE = "net.openhft.chronicle.core.Jvm";
    private static final String COMPILER = "net.openhft.compiler.CompilerUtils";
    private static final String REPORTER = "net.openhft.chronicle.analytics.Analytics";
    private static final String SILENCE = "chronicle.analytics.disable";

    private static final String JAVAC = "jdk.compiler";
    private static final String JAVAC_PACKAGE = "com.sun.tools.javac.file";

    private final ClassLoader loader;
    private final List<String> problems = new ArrayList<>();
    private final Set<String> flags = new LinkedHashSet<>();

    private ChronicleRequirements(ClassLoader loader) {
        this.loader = loader;
    }

    /**
     * Checks all.
     *
     * @throws KeydirUnavailableException if something is missing, with everything that is
     */
    public static void check() {
        ClassLoader own = ChronicleRequirements.class.getClassLoader();
        ChronicleRequirements here = new ChronicleRequirements(own == null ? ClassLoader.getSystemClassLoader() : own);
        here.lookAround();
        if (!here.problems.isEmpty() || !here.flags.isEmpty()) {
            throw new KeydirUnavailableException(here.problems, List.copyOf(here.flags));
        }
    }

    private void lookAround() {
        Module core = moduleOf(CORE);
        Module compiler = moduleOf(COMPILER);
        if (moduleOf(MAP) == null || core == null || compiler == null) {
            problems.add("Chronicle Map is not on the class path: add " + LIBRARY
                    + ", without its dependency net.openhft:chronicle-analytics.");
        }
        if (moduleOf(REPORTER) != null && !Boolean.getBoolean(SILENCE)) {
            problems.add("net.openhft:chronicle-analytics is on the class path and would report to a server:"
                    + " exclude it from the dependencies, or start with -D" + SILENCE + "=true.");
        }
        Module javac = ModuleLayer.boot().findModule(JAVAC).orElse(null);
        if (javac == null) {
            problems.add("The module " + JAVAC + " is missing in the Java at " + System.getProperty("java.home")
                    + ": run with a JDK instead of a JRE; if it is a JDK, add --add-modules " + JAVAC + ".");
        } else if (!javac.isExported(JAVAC_PACKAGE, target(compiler))) {
            flags.add("--add-exports=" + JAVAC + "/" + JAVAC_PACKAGE + "=" + name(compiler));
        }
        needOpen("java.lang", compiler);
        needOpen("java.lang", core);
        needOpen("java.lang.reflect", core);
    }

    private void needOpen(String packageName, @Nullable Module user) {
        Module base = Object.class.getModule();
        if (!base.isOpen(packageName, target(user))) {
            flags.add("--add-opens=" + base.getName() + "/" + packageName + "=" + name(user));
        }
    }

    /** Where a class of the library is, or would be if it were there. */
    private Module target(@Nullable Module user) {
        return user == null ? loader.getUnnamedModule() : user;
    }

    private static String name(@Nullable Module user) {
        return user == null || !user.isNamed() ? "ALL-UNNAMED" : user.getName();
    }

    /** The module of a class, which is not initialized; null if there is no such class. */
    private @Nullable Module moduleOf(String className) {
        try {
            return Class.forName(className, false, loader).getModule();
        } catch (ClassNotFoundException | LinkageError e) {
            return null;
        }
    }
}
