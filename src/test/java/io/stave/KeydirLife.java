package io.stave;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A program that uses a store with the keydir of Chronicle Maps, and prints what an operator would see. */
final class KeydirLife {

    private static final int KEYS = 3_000;

    private KeydirLife() {}

    public static void main(String[] args) throws Exception {
        Path path = Path.of(args[0]);
        try {
            live(path);
        } catch (KeydirUnavailableException e) {
            System.out.println(e.getMessage());
            System.out.println("flags: " + e.flags());
            System.out.println("directory: " + Files.exists(path));
        }
    }

    private static void live(Path path) throws Exception {
        Options options = Options.defaults().keydir(Keydir.CHRONICLE).durability(Durability.OS);
        for (int life = 0; life < 2; life++) {
            try (Stave store = Stave.open(path, options)) {
                System.out.println("restored: " + store.recoveryReport().keydirRestored());
                for (int i = 0; i < KEYS; i++) {
                    store.put(("key " + i).getBytes(StandardCharsets.UTF_8), new byte[10]);
                }
                store.merge();
                System.out.println("keys: " + store.stats().keys());
            }
        }
        System.out.println("sockets: " + sockets());
    }

    /** Those of a network: Java itself has one of another kind as soon as it has opened a file. */
    private static List<String> sockets() throws IOException {
        StringBuilder tables = new StringBuilder();
        for (String protocol : List.of("tcp", "tcp6", "udp", "udp6", "raw", "raw6")) {
            Path table = Path.of("/proc/self/net", protocol);
            if (Files.exists(table)) {
                tables.append(Files.readString(table));
            }
        }
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .map(KeydirLife::target)
                    .filter(target -> target.startsWith("socket:["))
                    .filter(target -> tables.indexOf(" " + target.replaceAll("[^0-9]", "") + " ") >= 0)
                    .toList();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "closed"; // the one that lists
        }
    }
}
