package io.stave.engine.base;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stave.StoreFailedException;
import io.stave.StoreFullException;
import io.stave.StoreIOException;
import io.stave.engine.support.QuietLog;
import io.stave.io.ForceFailedException;
import io.stave.io.NoSpaceException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(QuietLog.class)
class HealthTest {

    private final Health health = new Health();
    private final IOException first = new IOException("the first");
    private final IOException second = new IOException("the second");

    @Test
    void isWellToBeginWith() {
        health.check();
        assertFalse(health.failed());
    }

    @Test
    void everyLaterRefusalNamesTheFirstFailure() {
        health.fail(first);
        health.fail(second);
        assertTrue(health.failed());
        for (int i = 0; i < 2; i++) {
            StoreFailedException refused = assertThrows(StoreFailedException.class, health::check);
            assertSame(first, refused.getCause());
        }
    }

    @Test
    void aSecondFailureIsAlsoReportedByTheFirst() {
        assertSame(first, health.stop(first).getCause());
        StoreFailedException stopped = health.stop(second);
        assertSame(first, stopped.getCause());
        assertSame(second, stopped.getSuppressed()[0], "but not forgotten");
    }

    @Test
    void onlyAFailedForceStopsTheStore() {
        assertTrue(Failures.translate("testing", first, health) instanceof StoreIOException);
        assertTrue(
                Failures.translate("testing", new NoSpaceException("file", null), health)
                        instanceof StoreFullException);
        assertFalse(health.failed());
        ForceFailedException force = new ForceFailedException("file", first);
        assertSame(force, Failures.translate("testing", force, health).getCause());
        assertTrue(health.failed());
    }
}
