package io.stave.cli.tour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.cli.tour.TourPlan.Role;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TourPlanTest {
    @Test
    void halfIsOverwrittenAndATenthDeleted() {
        TourPlan plan = plan(200);
        assertEquals(100, plan.count(Role.OVERWRITE));
        assertEquals(20, plan.count(Role.DELETE));
        assertEquals(80, plan.count(Role.KEEP));
    }

    @Test
    void evenASmallFolderHasSomethingToOverwriteAndFromTwoFilesOnToDelete() {
        assertEquals(List.of(Role.OVERWRITE), plan(1).roles());
        for (int files = 2; files < 10; files++) {
            assertEquals((files + 1) / 2, plan(files).count(Role.OVERWRITE));
            assertEquals(1, plan(files).count(Role.DELETE));
        }
    }

    @Test
    void everyFileThatIsNotKeptIsChangedOnce() {
        TourPlan plan = plan(137);
        List<Integer> expected = IntStream.range(0, 137)
                .filter(file -> plan.roles().get(file) != Role.KEEP)
                .boxed()
                .toList();
        assertEquals(expected, List.copyOf(new TreeSet<>(plan.changes())));
        assertEquals(expected.size(), plan.changes().size());
    }

    @Test
    void bothKindsOfChangeComeInTheHalfBeforeTheKill() {
        List<Integer> first = plan(200).changes().subList(0, 60);
        assertTrue(first.stream().anyMatch(file -> plan(200).roles().get(file) == Role.DELETE));
        assertTrue(first.stream().anyMatch(file -> plan(200).roles().get(file) == Role.OVERWRITE));
    }

    @Test
    void theSameFilesGiveTheSamePlanAndItSurvivesTheTripToTheChild() throws IOException {
        TourPlan plan = plan(50);
        assertEquals(plan, plan(50));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        plan.writeTo(new DataOutputStream(bytes));
        assertEquals(plan, TourPlan.readFrom(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))));
    }

    @Test
    void segmentsAreSoLongThatThereAreAboutADozen() {
        for (long bytes = 1 << 20; bytes < 1L << 32; bytes = bytes * 5 / 4) {
            long segments = bytes * 3 / 2 / TourPlan.segmentLength(bytes);
            assertTrue(segments >= 8 && segments < 16, bytes + " bytes in " + segments);
        }
        assertEquals(4096, TourPlan.segmentLength(0));
        assertEquals(1 << 30, TourPlan.segmentLength(1L << 50));
    }

    private static TourPlan plan(int count) {
        List<TourFile> files = IntStream.range(0, count)
                .mapToObj(i -> new TourFile("ä/" + i, Path.of("/tmp/" + i), i))
                .toList();
        return TourPlan.of(new TourInput("here", files, List.of()));
    }
}
