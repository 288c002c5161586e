package io.stave.engine.base;

import java.util.concurrent.locks.LockSupport;

/** Time that passes, in nanoseconds, and rests; to be replaced by a test. */
public interface NanoClock {
    long nanos();

    void sleep(long nanos);

    NanoClock SYSTEM = new NanoClock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleep(long nanos) {
            LockSupport.parkNanos(this, nanos);
        }
    };
}
