package io.stave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.Snapshot.Position;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotPositionTest {

    @Test
    void stringFormIsStableAndReadBack() {
        assertEquals("0-0-0", Position.START.toString());
        assertEquals("17-3-4096", new Position(17, 3, 4096).toString());
        for (long number : new long[] {0, 1, 4096, Integer.MAX_VALUE, 1L << 40, Long.MAX_VALUE}) {
            Position position = new Position(number, number / 2, number / 3);
            assertEquals(position, Position.parse(position.toString()));
        }
        assertEquals(Position.START, Position.parse("0-0-0"));
    }

    @Test
    void whatIsNoPositionIsRefusedWithTheText() {
        for (String text :
                List.of("", "1", "1-2", "1-2-3-4", "-1-2-3", "1-2-x", " 1-2-3", "1-2-3\n", "١-2-3", "1--3")) {
            String message = assertThrows(IllegalArgumentException.class, () -> Position.parse(text))
                    .getMessage();
            assertTrue(message.endsWith(text), message);
        }
        assertThrows(IllegalArgumentException.class, () -> Position.parse("9223372036854775808-1-1"));
        assertThrows(IllegalArgumentException.class, () -> new Position(-1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Position(0, -1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Position(0, 0, -1));
    }
}
