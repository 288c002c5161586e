package io.stave.cli.inspect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who has a store open for writing, as far as the file OWNER tells: a writer that was killed leaves it behind. */
public final class Owner {

    private Owner() {}

    /** Returns the writer, or null if there is none, or none that is alive on this machine. */
    public static StoreFindings.@Nullable Writer of(Path store) {
        Map<String, String> owner = new HashMap<>();
        try {
            for (String line : Files.readAllLines(store.resolve("OWNER"))) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    owner.put(line.substring(0, equals), line.substring(equals + 1));
                }
            }
            long pid = Long.parseLong(owner.getOrDefault("pid", ""));
            Optional<ProcessHandle> process = ProcessHandle.of(pid);
            return process.isPresent() && process.get().isAlive()
                    ? new StoreFindings.Writer(pid, owner.getOrDefault("host", "?"), owner.getOrDefault("since", "?"))
                    : null;
        } catch (IOException | NumberFormatException e) {
            return null;
        }
    }
}
