package io.stave.engine.damage;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** How much a thread has taken of the heap. */
final class Heap {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Heap() {}

    /** The bytes that this thread has allocated so far. */
    static long allocated() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
