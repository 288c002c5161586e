package io.stave.cli.inspect;

import io.stave.CorruptionException;
import io.stave.ReadOnlyStave;
import io.stave.cli.command.Inspection;
import io.stave.cli.terminal.Progress;
import io.stave.cli.terminal.Sheet;
import io.stave.cli.terminal.Terminal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code stave verify}: the whole store. */
@Command(
        name = "verify",
        header = "Verify a whole store: every checksum, hints, and the keydir.",
        description = {
            "",
            "Reads the MANIFEST, every record of every segment, every hint against its segment, every chunk of every"
                    + " large value, and compares the keydir that an open would make with one made of all records. Takes no lock and writes nothing, also"
                    + " while another process writes and merges. Exits with 3 if anything is damaged.",
            ""
        },
        footer = {"", "Examples:", "  stave verify my-store", "  stave verify --json my-store | jq .anomalies"})
public final class VerifyCommand extends Inspection<Verification> {

    /** Writes to a terminal. */
    public VerifyCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    protected Verification find(Progress progress) throws IOException {
        try (StoreView view = StoreView.open(store())) {
            progress.begin("verifying segments and hints");
            Verification files = new StoreCheck(view, true, true, progress).run(null);
            List<Anomaly> anomalies = new ArrayList<>(files.anomalies());
            Opened opened = opened(view, anomalies, progress);
            return new Verification(
                    files.store(),
                    files.generation(),
                    files.segments(),
                    opened.keydir,
                    opened.blobs,
                    List.copyOf(anomalies));
        }
    }

    /** What is found out by an open; the keydir is null where nothing can be said about it. */
    private record Opened(
            Verification.@Nullable Keydir keydir, @Nullable BlobFindings blobs) {}

    private Opened opened(StoreView view, List<Anomaly> anomalies, Progress progress) throws IOException {
        BlobsLook look = new BlobsLook(view.directory());
        try (ReadOnlyStave store = openReadOnly(progress)) {
            Verification.Keydir keydir = keydir(view, store, anomalies, progress);
            BlobCheck blobs = new BlobCheck(view.directory(), store, look, progress);
            BlobFindings found = blobs.run();
            anomalies.addAll(blobs.anomalies());
            return new Opened(keydir, found);
        } catch (CorruptionException e) {
            if (anomalies.stream().noneMatch(found -> found.file().equals(e.file()))) {
                anomalies.add(Anomaly.of(e, false));
            }
            return new Opened(null, look.files());
        }
    }

    private static Verification.@Nullable Keydir keydir(
            StoreView view, ReadOnlyStave store, List<Anomaly> anomalies, Progress progress) {
        progress.begin("comparing the keydir with all records");
        Verification.Keydir keydir = new KeydirCheck(view).compare(store);
        String rejected = store.recoveryReport().keydirRejected();
        if (rejected != null) {
            anomalies.add(Anomaly.keydir(rejected));
        }
        boolean damaged = anomalies.stream().anyMatch(found -> found.severity() == Anomaly.Severity.DATA_LOST);
        if (!damaged && (keydir.wrong() > 0 || keydir.keys() != keydir.expected())) {
            anomalies.add(Anomaly.keydir(keydir));
        }
        // Of damaged segments a keydir knows more than can be read: that says nothing about it.
        return damaged ? null : keydir;
    }

    @Override
    protected void show(Verification found, Sheet sheet) {
        VerifyTable.show(found, sheet);
    }

    @Override
    protected int exitCode(Verification found) {
        return Anomalies.exitCode(found.anomalies());
    }
}
