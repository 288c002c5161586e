package io.stave;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Class paths of other Java processes. */
public final class ClassPaths {

    private ClassPaths() {}

    /** The class path that the classes come from, and no more. */
    public static String of(Class<?>... types) {
        return Stream.of(types).map(ClassPaths::location).distinct().collect(Collectors.joining(File.pathSeparator));
    }

    private static String location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
