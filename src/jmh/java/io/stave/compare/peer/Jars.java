package io.stave.compare.peer;

import java.io.File;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the class path says of the libraries on it: their jars carry their versions in their names. */
final class Jars {
    private Jars() {}

    static String version(String artifact) {
        Pattern name = Pattern.compile(".*" + Pattern.quote(File.separator + artifact) + "-(\\d[^"
                + Pattern.quote(File.separator) + "]*)\\.jar");
        return Arrays.stream(System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator)))
                .map(name::matcher)
                .filter(Matcher::matches)
                .map(jar -> jar.group(1))
                .findFirst()
                .orElse("unknown");
    }
}
