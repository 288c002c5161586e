package io.stave.io;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which calls will fail. Guarded by the directory. */
final class FaultPlan {

    private static final class Planned {
        final Fault fault;
        final boolean forGood;
        long before;

        Planned(Fault fault, long n, boolean forGood) {
            this.fault = fault;
            this.before = n - 1;
            this.forGood = forGood;
        }
    }

    private final List<Planned> planned = new ArrayList<>();
    private long calls;
    private long fired;

    /** @param n 1 for the next call the fault befalls */
    void add(long n, Fault fault, boolean forGood) {
        if (n < 1) {
            throw new IllegalArgumentException("calls are counted from 1, not " + n);
        }
        planned.add(new Planned(fault, n, forGood));
    }

    void clear() {
        planned.clear();
    }

    long calls() {
        return calls;
    }

    long fired() {
        return fired;
    }

    /** What befalls this call, or null. */
    @Nullable
    Fault next(Fault.Call call) {
        calls++;
        Fault found = null;
        for (int i = 0; i < planned.size(); i++) {
            Planned plan = planned.get(i);
            if (!plan.fault.befalls(call)) {
                continue;
            }
            if (plan.before > 0) {
                plan.before--;
            } else if (found == null) {
                found = plan.fault;
                if (!plan.forGood) {
                    planned.remove(i--);
                }
            }
        }
        fired += found == null ? 0 : 1;
        return found;
    }
}
