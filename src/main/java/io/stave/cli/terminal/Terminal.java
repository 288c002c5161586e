package io.stave.cli.terminal;

import java.io.Console;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a command writes: results to {@code out}, progress and complaints to {@code err}, each with what suits it.
 *
 * @param out results, and nothing else
 * @param err progress and errors
 * @param outStyle how {@code out} looks: colour only on a terminal
 * @param errStyle how {@code err} looks
 * @param live whether a line on {@code err} can be overwritten
 * @param attended whether somebody looks at {@code out}: what is meant for eyes goes there only then
 */
public record Terminal(
        PrintStream out, PrintStream err, Style outStyle, Style errStyle, boolean live, boolean attended) {

    private static final int OUT = 1;
    private static final int ERR = 2;

    /** Of a command that cares for neither: nobody looks at {@code out}. */
    public Terminal(PrintStream out, PrintStream err, Style outStyle, Style errStyle, boolean live) {
        this(out, err, outStyle, errStyle, live, false);
    }

    /** The bytes behind {@code out}, for what is not text: closing it does nothing. */
    public OutputStream bytesOut() {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int offset, int length) {
                Terminal.this.out.write(bytes, offset, length);
            }

            @Override
            public void close() throws IOException {
                flush();
            }
        };
    }

    /** Returns the terminal, or whatever else this process was started with. */
    public static Terminal ofThisProcess() {
        return of(System.getenv(), isTerminal(OUT), isTerminal(ERR), nativeCharset(), System.out, System.err);
    }

    /**
     * Decides how to write.
     *
     * @param environment {@code NO_COLOR}, if set and not empty, and {@code TERM=dumb} forbid colour
     * @param outIsTerminal whether somebody looks at {@code out}, rather than a file or a pipe taking it
     * @param errIsTerminal likewise of {@code err}
     * @param charset what the locale asks for
     */
    static Terminal of(
            Map<String, String> environment,
            boolean outIsTerminal,
            boolean errIsTerminal,
            Charset charset,
            PrintStream out,
            PrintStream err) {
        boolean capable = !"dumb".equals(environment.get("TERM"));
        boolean colour = capable && environment.getOrDefault("NO_COLOR", "").isEmpty();
        // No locale means ASCII to Java, and UTF-8 to practically every terminal in use.
        Charset chosen = charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
        boolean unicode = chosen.newEncoder().canEncode(Style.ALL_GLYPHS);
        return new Terminal(
                new PrintStream(out, true, chosen),
                new PrintStream(err, true, chosen),
                new Style(colour && outIsTerminal, unicode),
                new Style(colour && errIsTerminal, unicode),
                capable && errIsTerminal,
                outIsTerminal);
    }

    /**
     * Whether a stream of this process leads to a terminal. {@code System.console()} knows only whether standard input
     * and output both do, or from JDK 22 on not even that; Linux tells for each.
     */
    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return consoleIsTerminal();
        }
    }

    private static boolean consoleIsTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true; // before JDK 22 there is a console only if there is a terminal
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    private static Charset nativeCharset() {
        String name = System.getProperty("stdout.encoding", System.getProperty("native.encoding", "UTF-8"));
        return Charset.isSupported(name) ? Charset.forName(name) : StandardCharsets.UTF_8;
    }
}
