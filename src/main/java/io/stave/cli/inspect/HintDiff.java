package io.stave.cli.inspect;

import io.stave.CorruptionException;
import io.stave.cli.command.ByteForm;
import io.stave.hint.BadHintException;
import io.stave.hint.HintCursor;
import io.stave.hint.HintFile;
import io.stave.hint.HintReader;
import io.stave.hint.HintWalk;
import io.stave.hint.KeyFilter;
import io.stave.io.ReadableFile;
import io.stave.manifest.ListedSegment;
import io.stave.segment.RecordCursor;
import io.stave.segment.RecordFormat;
import io.stave.segment.SegmentHeader;
import io.stave.segment.SegmentWalk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares a hint with its segment, entry by entry: both lie in the order of the file. */
public final class HintDiff {

    private final StoreView view;
    private final ListedSegment segment;
    private final ByteForm form;
    private final int most;

    private final List<Difference> differences = new ArrayList<>();
    private final List<Anomaly> anomalies = new ArrayList<>();
    private long count;
    private long compared;

    /** Tells of {@code most} differences at the most, keys in this form. */
    HintDiff(StoreView view, ListedSegment segment, ByteForm form, int most) {
        this.view = view;
        this.segment = segment;
        this.form = form;
        this.most = most;
    }

    /**
     * What came out.
     *
     * @param segment the segment
     * @param compared how many records of the segment were looked at
     * @param differing how many differences there are
     * @param differences the first of them
     * @param anomalies what could not be read
     */
    public record Result(
            HintFindings.SegmentRef segment,
            long compared,
            long differing,
            List<Difference> differences,
            List<Anomaly> anomalies)
            implements Found {}

    Result compare(ReadableFile file) throws IOException {
        String hintName = HintFile.name(segment.id());
        try (HintReader hint = HintReader.open(
                        view.directory(), segment.storeId(), segment.id(), segment.length(), segment.digest());
                NewestInSegment newest = new NewestInSegment(view.directory(), view.manifest())) {
            walk(file, newest::offer);
            KeyFilter filter = filter(hint);
            Entries entries = new Entries(hint.walk(0));
            walk(file, record -> compare(record, newest, entries, filter));
            for (HintCursor left = entries.now; left != null; left = entries.next()) {
                extra(left);
            }
        } catch (BadHintException e) {
            anomalies.add(Anomaly.of(hintName, e, segment.id()));
        } catch (CorruptionException e) {
            anomalies.add(Anomaly.of(e, anomalies.isEmpty()));
        }
        return new Result(HintLook.ref(segment), compared, count, List.copyOf(differences), List.copyOf(anomalies));
    }

    private @Nullable KeyFilter filter(HintReader hint) {
        try {
            return hint.filter();
        } catch (BadHintException e) {
            anomalies.add(Anomaly.badFilter(HintFile.name(segment.id()), e, segment.id()));
            return null;
        }
    }

    /** What is done with each record. */
    @FunctionalInterface
    private interface Step {
        void take(RecordCursor record) throws BadHintException;
    }

    private void walk(ReadableFile file, Step step) throws IOException, BadHintException {
        SegmentWalk walk = new SegmentWalk();
        walk.open(file, segment.storeId(), segment.id(), SegmentHeader.LENGTH, segment.length());
        for (RecordCursor record = walk.next(); record != null; record = walk.next()) {
            step.take(record);
        }
    }

    /** The entries of the hint, one ahead. */
    private static final class Entries {
        private final HintWalk walk;
        private @Nullable HintCursor now;

        Entries(HintWalk walk) throws BadHintException {
            this.walk = walk;
            this.now = walk.next();
        }

        @Nullable
        HintCursor next() throws BadHintException {
            now = walk.next();
            return now;
        }
    }

    private void compare(RecordCursor record, NewestInSegment newest, Entries entries, @Nullable KeyFilter filter)
            throws BadHintException {
        compared++;
        while (entries.now != null && entries.now.offset() < record.offset()) {
            extra(entries.now);
            entries.next();
        }
        boolean isNewest = newest.isNewest(record);
        HintCursor entry = entries.now;
        if (entry != null && entry.offset() == record.offset()) {
            if (!isNewest) {
                add(Difference.Kind.SUPERSEDED, record, describe(entry), "a newer record of the key");
            } else if (!same(entry, record)) {
                add(Difference.Kind.DIFFERENT, record, describe(entry), describe(record));
            }
            entries.next();
        } else if (isNewest) {
            add(Difference.Kind.MISSING, record, "nothing", describe(record));
        }
        if (filter != null && !filter.mayContain(newest.filterFingerprint())) {
            add(Difference.Kind.DENIED, record, "a filter without the key", describe(record));
        }
    }

    private static boolean same(HintCursor entry, RecordCursor record) {
        return entry.kind() == record.kind()
                && entry.sequence() == record.sequence()
                && entry.recordLength() == record.length()
                && entry.expiry() == record.expiry()
                && Arrays.equals(entry.key(), record.key());
    }

    private void extra(HintCursor entry) {
        count++;
        if (differences.size() < most) {
            differences.add(new Difference(
                    Difference.Kind.EXTRA, entry.offset(), form.show(entry.key()), describe(entry), "no record"));
        }
    }

    private void add(Difference.Kind kind, RecordCursor record, String hint, String inSegment) {
        count++;
        if (differences.size() < most) {
            differences.add(new Difference(kind, record.offset(), form.show(record.key()), hint, inSegment));
        }
    }

    private static String describe(HintCursor entry) {
        return describe(entry.kind(), entry.sequence(), entry.recordLength(), entry.expiry());
    }

    private static String describe(RecordCursor record) {
        return describe(record.kind(), record.sequence(), record.length(), record.expiry());
    }

    private static String describe(int kind, long sequence, int length, long expiry) {
        return kind(kind) + ", version " + sequence + ", " + length + " bytes"
                + (expiry == RecordFormat.NO_EXPIRY ? "" : ", expires " + java.time.Instant.ofEpochMilli(expiry));
    }

    /** The name of a kind of record. */
    static String kind(int kind) {
        return switch (kind) {
            case RecordFormat.PUT -> "put";
            case RecordFormat.TOMBSTONE -> "tombstone";
            case RecordFormat.BLOB -> "blob";
            default -> "kind " + kind;
        };
    }
}
