package io.stave.crash;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one thread of a workload meant to do, was told and has seen: one line each, handed to the operating system before the thread
 * goes on. The death of the process takes back nothing of it; a last line without its end is ignored.
 *
 * <pre>
 *   put KEY COUNT LENGTH         is about to be tried
 *   delete KEY COUNT             is about to be tried
 *   batchput KEY COUNT LENGTH    is about to be tried, together with all others of this writer that have the same count
 *   batchdelete KEY COUNT        likewise
 *   ack KEY COUNT TIME VERSION   was acknowledged; version 0: it deleted nothing
 *   not KEY COUNT TIME           was refused by an exception that promises that nothing happened
 *   seen KEY COUNT TIME VERSION  a reader got this
 *   gone KEY COUNT TIME VERSION  a reader had got this, and now the key is absent
 *   call KEY ID KIND EXPECTED TIME    is about to be called: see {@link Call}
 *   answer KEY ID TIME VERSION VALUE  was answered
 *   refused KEY ID TIME               was answered that nothing was done, for the sake of another write of its batch
 * </pre>
 *
 * The time is that of the monotonic clock, which all processes share, and was taken after the store had answered, or before a call.
 */
final class Journal implements Closeable {

    private static final String SUFFIX = ".journal";

    private final FileOutputStream out;

    private Journal(FileOutputStream out) {
        this.out = out;
    }

    static Journal create(Path directory, String name) throws IOException {
        return new Journal(new FileOutputStream(directory.resolve(name + SUFFIX).toFile(), true));
    }

    void put(int key, long count, int length) {
        line("put " + key + ' ' + count + ' ' + length);
    }

    void delete(int key, long count) {
        line("delete " + key + ' ' + count);
    }

    void batchPut(int key, long count, int length) {
        line("batchput " + key + ' ' + count + ' ' + length);
    }

    void batchDelete(int key, long count) {
        line("batchdelete " + key + ' ' + count);
    }

    void ack(int key, long count, long version) {
        line("ack " + key + ' ' + count + ' ' + System.nanoTime() + ' ' + version);
    }

    void not(int key, long count) {
        line("not " + key + ' ' + count + ' ' + System.nanoTime());
    }

    void seen(int key, long count, long version) {
        line("seen " + key + ' ' + count + ' ' + System.nanoTime() + ' ' + version);
    }

    void gone(int key, long count, long version) {
        line("gone " + key + ' ' + count + ' ' + System.nanoTime() + ' ' + version);
    }

    void call(int key, long id, Call.Kind kind, long expected) {
        line("call " + key + ' ' + id + ' ' + kind + ' ' + expected + ' ' + System.nanoTime());
    }

    void answer(int key, long id, long version, long value) {
        line("answer " + key + ' ' + id + ' ' + System.nanoTime() + ' ' + version + ' ' + value);
    }

    void refuse(int key, long id) {
        line("refused " + key + ' ' + id + ' ' + System.nanoTime());
    }

    private void line(String line) {
        try {
            out.write((line + '\n').getBytes(StandardCharsets.US_ASCII)); // one write(2): the stream has no buffer
        } catch (IOException e) {
            throw new UncheckedIOException("the journal cannot be written, so this run proves nothing", e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** All whole lines of all journals in a directory; those of one thread in its order, split into words. */
    static List<String[]> read(Path directory) throws IOException {
        List<String[]> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
                String text = Files.readString(file, StandardCharsets.US_ASCII);
                text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(line -> lines.add(line.split(" ")));
            }
        }
        return lines;
    }
}
