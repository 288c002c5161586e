package io.stave.engine.support;

import io.stave.engine.base.NanoClock;
import java.util.concurrent.TimeUnit;

/** Time passes when somebody sleeps, or says that he has worked. */
public final class TestNanoClock implements NanoClock {
    public long now = 5 * TimeUnit.DAYS.toNanos(1);
    public long slept;

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public void sleep(long nanos) {
        now += nanos;
        slept += nanos;
    }
}
