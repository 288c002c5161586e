package io.stave.engine.damage;

import io.stave.io.CrashState;
import io.stave.io.SimulatedDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** A copy of an image, to which things are done; it knows what they were. */
final class Damaged {

    private final Image image;
    private final Map<String, byte[]> files;
    private final Set<String> unreadable = new TreeSet<>();
    private final List<String> done = new ArrayList<>();
    private boolean rolledBack;

    Damaged(Image image) {
        this.image = image;
        this.files = new TreeMap<>(image.files());
    }

    Image image() {
        return image;
    }

    Map<String, byte[]> files() {
        return files;
    }

    /** The files that give an I/O error when they are opened or read. */
    Set<String> unreadable() {
        return unreadable;
    }

    /** Whether the MANIFEST is an older one. */
    boolean rolledBack() {
        return rolledBack;
    }

    /** The files that are not what they were, missing ones and new ones among them. */
    Set<String> touched() {
        Set<String> touched = new TreeSet<>(unreadable);
        files.forEach((file, bytes) -> {
            byte[] before = image.files().get(file);
            if (before == null || (before != bytes && !Arrays.equals(before, bytes))) {
                touched.add(file);
            }
        });
        image.files().keySet().stream().filter(file -> !files.containsKey(file)).forEach(touched::add);
        return touched;
    }

    Damaged flip(String file, long bit) {
        return change("flip bit " + bit + " of " + file, file, bytes -> {
            bytes[(int) (bit / 8)] ^= (byte) (1 << bit % 8);
            return bytes;
        });
    }

    /** Makes the file so long, shorter or with zeros at its end. */
    Damaged length(String file, int length) {
        return change("make " + file + " " + length + " bytes long", file, bytes -> Arrays.copyOf(bytes, length));
    }

    Damaged change(String what, String file, UnaryOperator<byte[]> change) {
        files.computeIfPresent(file, (name, bytes) -> change.apply(bytes.clone()));
        return did(what);
    }

    Damaged put(String what, String file, byte[] bytes) {
        files.put(file, bytes);
        return did(what);
    }

    Damaged delete(String file) {
        files.remove(file);
        return did("delete " + file);
    }

    Damaged swap(String one, String other) {
        byte[] first = files.get(one);
        byte[] second = files.get(other);
        if (first != null && second != null) {
            files.put(one, second);
            files.put(other, first);
        }
        return did("swap " + one + " and " + other);
    }

    Damaged rollBack(String what, byte[] manifest) {
        rolledBack = true;
        return put(what, "MANIFEST", manifest);
    }

    Damaged unreadable(String file) {
        unreadable.add(file);
        return did("let nobody read " + file);
    }

    private Damaged did(String what) {
        done.add(what);
        return this;
    }

    /** On a disk of its own. */
    SimulatedDirectory disk() {
        SimulatedDirectory disk = image.copy();
        boolean deleted = false;
        for (String file : touched()) {
            byte[] bytes = files.get(file);
            if (bytes != null) {
                disk.damage(file, bytes);
            } else if (image.files().containsKey(file)) {
                deleted = true;
                remove(disk, file);
            }
        }
        return deleted ? disk.afterCrash(CrashState.everything()) : disk;
    }

    /** In a directory of the real file system. */
    void saveTo(Path path) throws IOException {
        Files.createDirectories(path);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(path.resolve(file.getKey()), file.getValue());
        }
    }

    private static void remove(SimulatedDirectory disk, String file) {
        try {
            disk.delete(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        return image + ": " + String.join("; ", done);
    }
}
