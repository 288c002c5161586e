package io.stave.cli.tour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Reports, on their way from the child to the log. */
class AckTest {
    private static final Ack PUT = new Ack(Ack.Kind.PUT, 17, 345, -12);

    @Test
    void everyReportSurvivesItsLine() {
        for (Ack.Kind kind : Ack.Kind.values()) {
            for (int checksum : new int[] {0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                Ack ack = new Ack(kind, 1_234_567, Long.MAX_VALUE / 100, checksum);
                assertEquals(ack, Ack.parse(ack.line()));
            }
        }
    }

    @Test
    void whatIsNoReportIsNotTakenForOne() {
        assertNull(Ack.parse(""));
        assertNull(Ack.parse("OpenJDK 64-Bit Server VM warning: something"));
        assertNull(Ack.parse("stave-tour BURN 1 2 3"));
        assertNull(Ack.parse("stave-tour PUT 1 2"));
        assertNull(Ack.parse(" " + PUT.line()));
    }

    @Test
    void aLineWithoutItsEndIsNoReport() throws IOException {
        AckReader reader = reader(PUT.line() + "\nsome noise\n" + PUT.line() + "\nstave-tour PUT 1 2 3");
        assertEquals(PUT, reader.next());
        assertEquals(PUT, reader.next());
        assertNull(reader.next());
        assertNull(reader.next());
    }

    private static AckReader reader(String text) {
        return new AckReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void theLogKeepsTheLastWriteOfEachFileAndCountsAll() {
        AckLog log = new AckLog(3);
        log.record(Ack.ready());
        log.record(new Ack(Ack.Kind.PUT, 0, 1, 7));
        log.record(new Ack(Ack.Kind.PUT, 1, 2, 8));
        log.record(Ack.skip(2));
        assertFalse(log.changed(0));
        assertTrue(log.changed(2), "nothing can be done to it any more");
        log.record(new Ack(Ack.Kind.OVERWRITE, 0, 3, 9));
        log.record(new Ack(Ack.Kind.DELETE, 1, 4, 0));
        assertEquals(new Ack(Ack.Kind.OVERWRITE, 0, 3, 9), log.last(0));
        assertEquals(new Ack(Ack.Kind.DELETE, 1, 4, 0), log.last(1));
        assertNull(log.last(2));
        assertTrue(log.changed(0) && log.changed(1));
        assertEquals(2, log.puts());
        assertEquals(1, log.overwrites());
        assertEquals(1, log.deletes());
        assertEquals(1, log.skips());
        assertEquals(4, log.writes());
    }

    @Test
    void aChangeIsInFlightUntilItIsReported() {
        AckLog log = new AckLog(2);
        log.record(new Ack(Ack.Kind.PUT, 0, 1, 7));
        log.mayBegin(0);
        log.mayBegin(1);
        assertTrue(log.inFlight(0));
        log.record(new Ack(Ack.Kind.OVERWRITE, 0, 2, 7));
        assertFalse(log.inFlight(0));
        assertEquals(1, log.inFlight());
    }
}
