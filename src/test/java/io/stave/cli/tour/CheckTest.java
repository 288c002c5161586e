package io.stave.cli.tour;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Entry;
import io.stave.cli.tour.TourPlan.Role;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The judge, on stores and disks that lie. Both are maps here, and all is well with them until a test says otherwise. */
class CheckTest {
    private static final int FILES = 60;

    private final Map<String, Entry> store = new HashMap<>();
    private final Map<String, byte[]> disk = new HashMap<>();
    private final TourPlan plan = TourPlan.of(new TourInput(
            "here",
            IntStream.range(0, FILES)
                    .mapToObj(i -> new TourFile("file" + i, Path.of("/nowhere/file" + i), 100))
                    .toList(),
            List.of()));
    private final AckLog log = new AckLog(FILES);
    private long lastVersion;
    private long strangers;

    @BeforeEach
    void putEverything() {
        Random random = new Random(1);
        for (int file = 0; file < FILES; file++) {
            byte[] content = new byte[file == 0 ? 0 : 100];
            random.nextBytes(content);
            disk.put(name(file), content);
            put(Ack.Kind.PUT, file, role(file) == Role.OVERWRITE ? Content.draft(content) : content);
        }
    }

    @Test
    void nothingIsLostWhenNothingIsLost() {
        assertEquals(new Verdict("now", FILES, FILES, 0, 0, 0, 0, List.of()), verdict());
        changeAll();
        assertEquals(new Verdict("now", FILES - 6, FILES - 6, 6, 6, 0, 0, List.of()), verdict());
    }

    @Test
    void everySeededLossIsFoundAndNothingElse() {
        changeAll();
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            Map<String, Entry> before = new HashMap<>(store);
            List<Integer> files = new ArrayList<>(allFiles());
            Collections.shuffle(files, random);
            List<Integer> victims = files.subList(0, 1 + random.nextInt(10));
            victims.forEach(file -> spoil(file, random));
            Set<String> expected = victims.stream().map(this::name).collect(Collectors.toCollection(TreeSet::new));
            Set<String> found =
                    verdict().losses().stream().map(Verdict.Loss::name).collect(Collectors.toCollection(TreeSet::new));
            assertEquals(expected, found, "seed " + seed);
            assertEquals(victims.size(), verdict().losses().size(), "seed " + seed);
            store.clear();
            store.putAll(before);
        }
    }

    private void spoil(int file, Random random) {
        Entry entry = store.get(name(file));
        if (entry == null) {
            store.put(name(file), new Entry(key(file), disk.get(name(file)), 1 + file));
            return;
        }
        byte[] value = entry.value().clone();
        int kind = random.nextInt(value.length == 0 ? 3 : 4);
        switch (kind) {
            case 0 -> store.remove(name(file));
            case 1 -> store.put(name(file), new Entry(key(file), value, entry.version() + 1000));
            case 2 -> store.put(name(file), new Entry(key(file), new byte[value.length + 1], entry.version()));
            default -> {
                value[random.nextInt(value.length)] ^= (byte) (1 << random.nextInt(8));
                store.put(name(file), new Entry(key(file), value, entry.version()));
            }
        }
    }

    @Test
    void aDraftIsALossOnceItsOverwritingIsAcknowledged() {
        int file = first(Role.OVERWRITE);
        Entry draft = store.get(name(file));
        change(file);
        store.put(name(file), draft);
        assertLost(file, "is at version " + draft.version() + ", though " + lastVersion + " was acknowledged");
        store.put(name(file), new Entry(key(file), draft.value(), lastVersion));
        assertLost(file, file == 0 ? "holds 1 bytes instead of 0" : "differs from the byte at 0 on");
    }

    @Test
    void whatWasOverwrittenWithoutLeaveIsALoss() {
        int file = first(Role.OVERWRITE);
        put(null, file, disk.get(name(file)));
        assertLost(
                file,
                "is at version " + lastVersion + ", and nobody wrote after "
                        + log.last(file).version());
    }

    @Test
    void whatIsMissingAndWhatIsBackAreLosses() {
        int kept = first(Role.KEEP);
        int deleted = first(Role.DELETE);
        Entry entry = store.get(name(deleted));
        change(deleted);
        Entry removed = store.remove(name(kept));
        assertLost(kept, "is missing, though its put was acknowledged");
        store.put(name(kept), removed);
        store.put(name(deleted), entry);
        assertLost(deleted, "is back, though its delete was acknowledged");
    }

    @Test
    void aKeyThatNobodyPutIsFoundByTheCount() {
        strangers = 1;
        assertEquals(
                List.of(new Verdict.Loss("the count of keys", "the store counts 61, and 60 can be found")),
                verdict().losses());
    }

    @Test
    void aChangeInFlightMayHaveHappenedOrNot() {
        int overwritten = first(Role.OVERWRITE);
        int deleted = first(Role.DELETE);
        log.mayBegin(overwritten);
        log.mayBegin(deleted);
        assertEquals(new Verdict("now", FILES - 2, FILES - 2, 0, 0, 2, 0, List.of()), verdict());
        put(null, overwritten, disk.get(name(overwritten)));
        store.remove(name(deleted));
        assertEquals(new Verdict("now", FILES - 2, FILES - 2, 0, 0, 2, 0, List.of()), verdict());
    }

    @Test
    void aChangeInFlightLeavesNoThirdState() {
        int overwritten = first(Role.OVERWRITE);
        int deleted = first(Role.DELETE);
        log.mayBegin(overwritten);
        Entry entry = store.remove(name(overwritten));
        assertLost(overwritten, "is missing, though its put was acknowledged");
        store.put(name(overwritten), new Entry(key(overwritten), new byte[77], lastVersion + 1));
        assertEquals(1, verdict().losses().size());
        store.put(name(overwritten), new Entry(key(overwritten), new byte[77], entry.version()));
        assertEquals(1, verdict().losses().size());
        store.put(name(overwritten), new Entry(key(overwritten), disk.get(name(overwritten)), entry.version()));
        assertEquals(1, verdict().losses().size(), "no version stands for two values");
        store.put(name(overwritten), entry);
        log.mayBegin(deleted);
        Entry other = store.get(name(deleted));
        store.put(name(deleted), new Entry(key(deleted), other.value(), other.version() + 1));
        assertEquals(1, verdict().losses().size());
    }

    @Test
    void aFileThatChangesOnDiskMeanwhileIsNoLoss() {
        int kept = first(Role.KEEP);
        int overwritten = first(Role.OVERWRITE);
        disk.put(name(kept), new byte[3]);
        disk.remove(name(overwritten));
        assertEquals(new Verdict("now", FILES, FILES, 0, 0, 0, 2, List.of()), verdict());
        Entry entry = store.get(name(kept));
        store.put(name(kept), new Entry(key(kept), new byte[4], entry.version()));
        assertEquals(
                List.of(name(kept)),
                verdict().losses().stream().map(Verdict.Loss::name).toList());
    }

    @Test
    void aFileThatVanishedBeforeItWasPutMustNotBeThere() {
        AckLog empty = new AckLog(FILES);
        for (int file = 0; file < FILES; file++) {
            empty.record(Ack.skip(file));
        }
        Verdict verdict = Check.run("now", plan, empty, view(), this::read, done -> {});
        assertEquals(FILES, verdict.losses().size());
        store.clear();
        assertEquals(
                new Verdict("now", 0, 0, 0, 0, 0, FILES, List.of()),
                Check.run("now", plan, empty, view(), this::read, done -> {}));
    }

    @Test
    void progressIsToldForEveryFile() {
        List<Integer> told = new ArrayList<>();
        Check.run("now", plan, log, view(), this::read, told::add);
        assertEquals(IntStream.rangeClosed(1, FILES).boxed().toList(), told);
    }

    private void assertLost(int file, String what) {
        assertEquals(List.of(new Verdict.Loss(name(file), what)), verdict().losses());
    }

    private Verdict verdict() {
        return Check.run("now", plan, log, view(), this::read, done -> {});
    }

    private Check.Store view() {
        return new Check.Store() {
            @Override
            public @Nullable Entry find(byte[] key) {
                return store.get(new String(key, UTF_8));
            }

            @Override
            public long keys() {
                return store.size() + strangers;
            }
        };
    }

    private byte[] read(TourFile file) throws IOException {
        byte[] content = disk.get(file.name());
        if (content == null) {
            throw new NoSuchFileException(file.name());
        }
        return content;
    }

    private void changeAll() {
        plan.changes().forEach(this::change);
        assertTrue(plan.changes().stream().allMatch(log::changed));
    }

    private void change(int file) {
        if (role(file) == Role.DELETE) {
            store.remove(name(file));
            log.record(new Ack(Ack.Kind.DELETE, file, ++lastVersion, 0));
        } else {
            put(Ack.Kind.OVERWRITE, file, disk.get(name(file)));
        }
    }

    /** Writes, and reports it if a kind is given. */
    private void put(Ack.@Nullable Kind kind, int file, byte[] value) {
        store.put(name(file), new Entry(key(file), value, ++lastVersion));
        if (kind != null) {
            log.record(new Ack(kind, file, lastVersion, Content.checksum(value)));
        }
    }

    private static List<Integer> allFiles() {
        return IntStream.range(0, FILES).boxed().toList();
    }

    private int first(Role role) {
        return plan.roles().indexOf(role);
    }

    private Role role(int file) {
        return plan.roles().get(file);
    }

    private String name(int file) {
        return plan.files().get(file).name();
    }

    private byte[] key(int file) {
        return plan.files().get(file).key();
    }
}
