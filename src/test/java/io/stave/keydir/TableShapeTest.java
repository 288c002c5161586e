package io.stave.keydir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TableShapeTest {

    @Test
    void growthStaysWithinTheMemoryThatIsPromised() {
        int pages = 0;
        for (int slots = 8; slots < TableShape.MAX_SLOTS; ) {
            int next = TableShape.next(slots);
            assertTrue(next > slots, "grows from " + slots);
            assertTrue(TableShape.limit(next) > TableShape.limit(slots), "holds more than " + slots);
            assertTrue(TableShape.tail(slots) < slots, "has homes: " + slots);
            int bytes = TableShape.allocate(Math.min(next, 1 << 20), TableShape.SLOT, new HeapMemory())
                    .capacity();
            assertTrue(bytes >= Math.min(next, 1 << 20) * TableShape.SLOT, "fits");
            pages = (next * TableShape.SLOT + TableShape.PAGE - 1) / TableShape.PAGE;
            if (pages > 4) { // bytes a key right after growth, at the worst
                double worst = (double) pages * TableShape.PAGE / TableShape.limit(slots);
                assertTrue(worst < 36, worst + " bytes a key after growth from " + slots + " slots to " + next);
            }
            if (pages > 1 << 18) {
                break;
            }
            slots = next;
        }
        assertTrue(pages > 1 << 18, "got there");
    }

    @Test
    void everyCountFindsTheSmallestTable() {
        assertEquals(8, TableShape.slotsFor(0));
        assertEquals(8, TableShape.slotsFor(8));
        assertEquals(16, TableShape.slotsFor(9));
        assertEquals(128, TableShape.slotsFor(128));
        for (int least = 129; least < 100_000; least++) {
            int slots = TableShape.slotsFor(least);
            assertTrue(
                    slots >= least && slots - least < TableShape.PAGE / TableShape.SLOT + 1, least + " gives " + slots);
        }
        assertEquals(TableShape.MAX_SLOTS, TableShape.slotsFor(TableShape.MAX_SLOTS));
    }

    @Test
    void tableBeyondTheLargestBufferIsRefused() {
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> TableShape.slotsFor(TableShape.MAX_SLOTS + 1L));
        assertTrue(e.getMessage().contains("89478314"), e.getMessage());
    }
}
