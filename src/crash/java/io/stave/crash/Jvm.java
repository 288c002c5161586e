package io.stave.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A child JVM whose output is read as it comes. It runs the JDK and the class path of the parent, starts fast and stays small, and
 * ends when the parent does: its standard input ends then.
 */
final class Jvm implements AutoCloseable {

    /** Exit code of a process that was ended by SIGKILL. */
    static final int KILLED = 128 + 9;

    /** Exit code of a JVM that Byteman's {@code killJVM} has ended. */
    static final int KILLED_BY_RULE = 255;

    /** Nothing a child does takes so long on the slowest machine: a hang is a failure. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** So many lines are shown again before all others. */
    private static final int LAST_LINES = 40;

    private final Process process;
    private final Thread listener;

    // Guarded by this.
    private final List<String> lines = new ArrayList<>();
    private boolean silent;

    private Jvm(Process process) {
        this.process = process;
        this.listener = new Thread(this::listen, "output of " + process.pid());
        this.listener.setDaemon(true);
        this.listener.start();
    }

    static Jvm start(Class<?> main, List<String> options, List<String> arguments) throws IOException {
        return start(List.of(), main, options, arguments);
    }

    /** Starts a JVM behind a command that ends in executing another, such as {@code unshare}. */
    static Jvm start(List<String> prefix, Class<?> main, List<String> options, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return new Jvm(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private void listen() {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                synchronized (this) {
                    lines.add(line);
                    notifyAll();
                }
            }
        } catch (IOException e) {
            // The child died; what it said before counts.
        }
        synchronized (this) {
            silent = true;
            notifyAll();
        }
    }

    /**
     * Waits until a line begins with one of some words.
     *
     * @throws AssertionError if the child ends, or time is up, before that
     */
    void await(String... words) throws InterruptedException {
        await(PATIENCE, () -> Arrays.stream(words).anyMatch(this::said), Arrays.toString(words));
    }

    /** Waits until what it has said is enough; throws as {@link #await(String...)}. */
    synchronized void await(Duration patience, BooleanSupplier enough, String what) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!enough.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (silent || left <= 0) {
                throw new AssertionError(
                        (silent ? "The child ended" : "Time was up") + " before it said " + what + ":\n" + output());
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Whether a line began with a word. */
    synchronized boolean said(String word) {
        return lines.stream().anyMatch(line -> line.startsWith(word));
    }

    /** The lines that begin with a word. */
    synchronized List<String> lines(String word) {
        return lines.stream().filter(line -> line.startsWith(word)).toList();
    }

    /** All it has said; the end first, if that is long, for it is there that a child says what went wrong. */
    synchronized String output() {
        int from = lines.size() - LAST_LINES;
        return from <= 0
                ? indented(lines)
                : indented(lines.subList(from, lines.size())) + "\nAll of it:\n" + indented(lines);
    }

    private static String indented(List<String> lines) {
        return "  " + String.join("\n  ", lines);
    }

    /** Gives an order: a line on the child's standard input. */
    void order(String order) throws IOException {
        process.getOutputStream().write((order + '\n').getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
    }

    /** SIGKILL; returns the exit code. */
    int kill() throws InterruptedException {
        process.destroyForcibly();
        return join();
    }

    /**
     * Waits for the end; returns the exit code.
     *
     * @throws AssertionError if it does not come
     */
    int join() throws InterruptedException {
        return join(PATIENCE);
    }

    int join(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("The child does not end:\n" + output());
        }
        listener.join();
        return process.exitValue();
    }

    /** Ends the child if it still runs. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
