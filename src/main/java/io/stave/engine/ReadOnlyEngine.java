package io.stave.engine;

import io.stave.MergePlan;
import io.stave.Options;
import io.stave.ReadOnlyStave;
import io.stave.RecoveryReport;
import io.stave.Stats;
import io.stave.Stave;
import io.stave.StoreIOException;
import io.stave.StoredRecord;
import io.stave.engine.merge.MergePlanner;
import io.stave.engine.readonly.ReadOnlyHouse;
import io.stave.io.ReadOnlyDirectory;
import io.stave.io.StoreDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;

/** A store open for reading only: hands each call to the room that does it, and gives failures their types. */
public final class ReadOnlyEngine extends ReadCalls implements ReadOnlyStave {

    private final ReadOnlyHouse house;
    private final Path path;

    private ReadOnlyEngine(ReadOnlyHouse house, Path path) {
        super(house.reads, house.notices);
        this.house = house;
        this.path = path;
    }

    /** Opens the store in {@code path} as {@link Stave#openReadOnly(Path, Options)} says. */
    public static ReadOnlyStave open(Path path, Options options) {
        StoreDirectory directory;
        try {
            directory = ReadOnlyDirectory.open(path);
        } catch (IOException e) {
            throw new StoreIOException("cannot open the directory " + path + ": " + e.getMessage(), e);
        }
        return open(directory, options, false);
    }

    /**
     * Opens the store in {@code directory}, which it closes when it is closed.
     *
     * @param inline whether background work runs on the threads of the callers, which makes a simulation deterministic
     */
    public static ReadOnlyStave open(StoreDirectory directory, Options options, boolean inline) {
        Path path = directory.path();
        try {
            return new ReadOnlyEngine(ReadOnlyHouse.open(directory, options, inline), path);
        } catch (IOException e) {
            throw failed("opening", path, e);
        } catch (UncheckedIOException e) {
            // There is no memory for the keydir.
            throw failed("opening", path, Objects.requireNonNull(e.getCause()));
        }
    }

    private static StoreIOException failed(String doing, Path path, IOException cause) {
        return new StoreIOException(doing + " " + path + " for reading failed: " + cause.getMessage(), cause);
    }

    @Override
    public boolean refresh() {
        try {
            return house.refresh();
        } catch (IOException e) {
            throw failed("refreshing", path, e);
        } catch (UncheckedIOException e) {
            throw failed("refreshing", path, Objects.requireNonNull(e.getCause()));
        }
    }

    @Override
    public void walk(StoredRecord.Visitor visitor) {
        Objects.requireNonNull(visitor, "visitor");
        try {
            house.walk(visitor);
        } catch (IOException e) {
            throw failed("walking over", path, e);
        }
    }

    @Override
    public MergePlan planMerge() {
        try {
            return MergePlanner.plan(house.segmentsWithExpired());
        } catch (IOException e) {
            throw failed("planning a merge of", path, e);
        }
    }

    @Override
    public long version() {
        return house.version();
    }

    @Override
    public Stats stats() {
        return house.stats();
    }

    @Override
    public RecoveryReport recoveryReport() {
        return house.report;
    }

    @Override
    public void close() {
        try {
            house.close();
        } catch (IOException e) {
            throw failed("closing", path, e);
        }
    }
}
