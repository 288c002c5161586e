package io.stave.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final AtomicLong now = new AtomicLong();

    @Test
    void aLogGetsALineForEachStepAndOneNowAndThenDuringALongOne() {
        try (Progress progress = progress(false)) {
            progress.step("reading");
            for (int second = 1; second <= 25; second++) {
                now.addAndGet(TimeUnit.SECONDS.toNanos(1));
                progress.at(second, 100);
            }
            progress.step("writing");
        }
        assertEquals("""
                stave: reading
                stave: reading: 10 %
                stave: reading: 20 %
                stave: writing
                """, text().replace(System.lineSeparator(), "\n"));
    }

    @Test
    void aTerminalGetsOneLineThatIsGoneAtTheEnd() {
        try (Progress progress = progress(true)) {
            progress.step("reading");
            now.addAndGet(TimeUnit.SECONDS.toNanos(1));
            progress.at(50, 100);
        }
        assertFalse(text().contains("\n"));
        String[] shown = text().split("\r", -1);
        assertTrue(shown[2].contains("reading") && shown[2].contains("50 %"), shown[2]);
        assertEquals("\u001b[K", shown[shown.length - 1]);
    }

    @Test
    void aLineNeverWraps() {
        try (Progress progress = progress(true)) {
            progress.step("a step with a name that is far longer than any that we would give to a step of our own");
            now.addAndGet(TimeUnit.SECONDS.toNanos(1));
            progress.at(99, 100);
        }
        for (String shown : text().split("\r\u001b\\[K", -1)) {
            assertTrue(shown.length() < 80, shown);
        }
    }

    @Test
    void aTerminalIsNotFlooded() {
        try (Progress progress = progress(true)) {
            progress.step("reading");
            for (int i = 0; i < 1000; i++) {
                now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
                progress.at(i, 1000);
            }
        }
        assertTrue(text().split("\r", -1).length <= 25, text());
    }

    @Test
    void nothingOfThisGoesToStandardOutput() {
        try (Progress progress = progress(true)) {
            progress.step("reading");
        }
        assertEquals(0, out.size());
    }

    private Progress progress(boolean live) {
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Style.PLAIN,
                Style.PLAIN,
                live);
        return new Progress(terminal, now::get);
    }

    private String text() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
