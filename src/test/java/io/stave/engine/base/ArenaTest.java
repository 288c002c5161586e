package io.stave.engine.base;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stave.io.SimulatedDirectory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pieces of memory that are nobody else's, and are all freed together. */
class ArenaTest {

    private final SimulatedDirectory directory = new SimulatedDirectory();

    @Test
    void eachPieceIsItsOwnersAlone() {
        try (Arena arena = new Arena(directory)) {
            List<ByteBuffer> pieces = new ArrayList<>();
            for (int bytes : new int[] {4096, 8192, 3 << 20, 4096, 1 << 20, 900_000, 4096}) {
                pieces.add(arena.allocate(bytes));
                assertEquals(bytes, pieces.get(pieces.size() - 1).capacity());
            }
            for (int i = 0; i < pieces.size(); i++) {
                ByteBuffer piece = pieces.get(i);
                for (int at = 0; at < piece.capacity(); at++) {
                    assertEquals(0, piece.get(at));
                    piece.put(at, (byte) (i + 1));
                }
            }
            for (int i = 0; i < pieces.size(); i++) {
                arena.retire(pieces.get(i));
                for (int at = 0; at < pieces.get(i).capacity(); at++) {
                    assertEquals(i + 1, pieces.get(i).get(at));
                }
            }
        }
        assertEquals(List.of(), directory.leaks());
    }
}
