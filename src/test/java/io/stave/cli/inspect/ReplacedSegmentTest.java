package io.stave.cli.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.MergePolicy;
import io.stave.Options;
import io.stave.Stave;
import io.stave.cli.command.Failed;
import io.stave.cli.command.StoreCommand;
import io.stave.cli.terminal.ExitCode;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Style;
import io.stave.cli.terminal.Terminal;
import io.stave.hint.HintFile;
import io.stave.manifest.ListedSegment;
import io.stave.segment.SegmentNames;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** A merge replaces a segment while a command looks at it: what the command misses then is no damage. What is wrong with one that stays is. */
class ReplacedSegmentTest {

    private static final long SEGMENT = 1;

    @TempDir
    Path store;

    private final Terminal terminal = new Terminal(nowhere(), nowhere(), Style.PLAIN, Style.PLAIN, false);

    private static PrintStream nowhere() {
        return new PrintStream(OutputStream.nullOutputStream());
    }

    @BeforeEach
    void fill() {
        write().close();
        assertTrue(Files.exists(store.resolve(HintFile.name(SEGMENT))), "a hint");
    }

    /** Puts each key, which leaves nothing live in the segments before. */
    private Stave write() {
        Stave open = Stave.open(store, Options.defaults().segmentLength(8192).mergePolicy(MergePolicy.manual()));
        for (int i = 0; i < 40; i++) {
            open.put(new byte[] {(byte) i}, new byte[1000]);
        }
        return open;
    }

    private void replace() {
        try (Stave open = write()) {
            open.merge();
        }
        assertTrue(Files.notExists(store.resolve(SegmentNames.segment(SEGMENT))), "the merge has left it there");
    }

    @Test
    void aHintThatGoesWithItsSegmentIsNotMissing() {
        assertReplaced(new Show(terminal, this::replace));
    }

    @Test
    void aDumpOfASegmentThatGoesSaysSo() {
        assertReplaced(new Dump(terminal, this::replace));
    }

    private void assertReplaced(StoreCommand command) {
        new CommandLine(command).parseArgs(store.toString(), String.valueOf(SEGMENT));
        Failed failed = assertThrows(Failed.class, command::call);
        assertEquals("a merge has just replaced 0000000000000001.seg: see 'stave info'", failed.getMessage());
        assertEquals(ExitCode.FAILED, failed.exitCode());
    }

    @Test
    void whatIsWrongWithOneThatStaysIsTold() throws IOException {
        Show show = new Show(terminal, () -> delete(HintFile.name(SEGMENT)));
        new CommandLine(show).parseArgs(store.toString(), String.valueOf(SEGMENT));
        assertEquals(ExitCode.OK, show.call());
        assertEquals(List.of("no file"), show.wrong);
    }

    @Test
    void aFileThatCannotBeFoundIsAMergesDoingOnlyIfTheSegmentIsReplaced() throws IOException {
        try (StoreView view = StoreView.open(store)) {
            ListedSegment segment = view.segment(String.valueOf(SEGMENT));
            StoreView.One<Found> gone = () -> {
                throw new NoSuchFileException("a hint");
            };
            assertThrows(NoSuchFileException.class, () -> view.find(segment, gone));
            replace();
            assertThrows(Failed.class, () -> view.find(segment, gone));
        }
    }

    private void delete(String name) {
        try {
            Files.delete(store.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Command
    private static final class Show extends OneSegment<HintFindings> {

        private final Runnable meanwhile;
        private List<String> wrong = List.of();

        private Show(Terminal terminal, Runnable meanwhile) {
            super(terminal);
            this.meanwhile = meanwhile;
        }

        @Override
        HintFindings find(StoreView view, ListedSegment listed, Progress progress) throws IOException {
            meanwhile.run();
            return new HintLook(view, listed).find(null);
        }

        @Override
        protected void show(HintFindings findings, Sheet sheet) {
            wrong = findings.anomalies().stream().map(Anomaly::actual).toList();
        }
    }

    @Command
    private static final class Dump extends DumpCommand {

        private final Runnable meanwhile;

        private Dump(Terminal terminal, Runnable meanwhile) {
            super(terminal);
            this.meanwhile = meanwhile;
        }

        @Override
        void dump(StoreView view, ListedSegment listed, Print print, List<Anomaly> anomalies) throws IOException {
            meanwhile.run();
            anomalies.addAll(new HintLook(view, listed).find(null).anomalies());
        }
    }
}
