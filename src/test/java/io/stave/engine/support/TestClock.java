package io.stave.engine.support;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that shows what it is told, to the millisecond. */
public final class TestClock implements InstantSource {

    private final AtomicLong millis;

    /** Shows so many epoch milliseconds. */
    public TestClock(long millis) {
        this.millis = new AtomicLong(millis);
    }

    /** Shows this from now on. */
    public void set(long epochMillis) {
        millis.set(epochMillis);
    }

    /** Goes on, or back. */
    public void advance(long by) {
        millis.addAndGet(by);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public long millis() {
        return millis.get();
    }
}
