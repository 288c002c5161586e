package io.stave.mutation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The list of mutants fits the code, in every build; whether they are convicted, {@link MutationCheck} finds out. */
class MutantsTest {

    private static final List<Mutant> MUTANTS = Mutants.all();
    private static final Path PAGE = Path.of("docs", "DURABILITY.md");

    @Test
    void everyMutantChangesOnePlaceInTheCode() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Mutant mutant : MUTANTS) {
            assertNotEquals(mutant.original(), mutant.replacement(), mutant::name);
            if (mutant.occurrences() != 1) {
                wrong.add(mutant + ": " + mutant.occurrences() + " times in " + mutant.source());
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void noMutantIsListedTwice() {
        Set<String> names = new HashSet<>();
        MUTANTS.forEach(mutant -> assertTrue(names.add(mutant.name()), mutant::name));
    }

    /** DURABILITY.md has a row for each, in the order of the list. */
    @Test
    void thePageListsEveryMutantWithTheTestThatConvictsIt() throws IOException {
        List<String> rows = new ArrayList<>();
        for (Mutant mutant : MUTANTS) {
            rows.add("| " + mutant.name() + " | " + mutant.upholds() + " | `" + String.join("`, `", mutant.tests())
                    + "` |");
        }
        List<String> page = Files.readAllLines(PAGE);
        int first = page.indexOf(rows.get(0));
        assertTrue(first > 0, "no row for the first mutant");
        assertEquals(rows, page.subList(first, Math.min(page.size(), first + rows.size())));
        assertTrue(page.get(first + rows.size()).isBlank(), "a row too many");
    }
}
