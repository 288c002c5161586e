package io.stave.engine.events;

import io.stave.Stave;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A program that uses a store on a Java that has no more than the library needs. */
final class WithoutFlightRecorder {

    private WithoutFlightRecorder() {}

    public static void main(String[] args) {
        byte[] key = "key".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 2; i++) {
            try (Stave store = Stave.open(Path.of(args[0]))) {
                store.put(key, key);
                store.put(key, key);
                store.merge();
                System.out.println(new String(store.get(key), StandardCharsets.UTF_8)
                        + ' '
                        + store.health().ready()
                        + ' '
                        + Flight.isPresent("jdk.jfr.Event"));
            }
        }
    }
}
