package io.stave.compare.work;

import io.stave.compare.peer.Mode;
import io.stave.compare.peer.Peer;
import io.stave.compare.peer.Promise;
import io.stave.compare.peer.Store;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Overwrites until it is killed. Once so many puts are acknowledged it says so; whoever opens the store then knows what must be there. */
final class DoomedWork implements Work {
    /** What is printed once the acknowledged puts are done. */
    static final String READY = "READY";

    private static final long MOST = 200_000;
    private static final int ONE_OF = 16;
    private static final long FIRST_REVISION = 1L << 50;

    @Override
    public String name() {
        return "doomed";
    }

    @Override
    public String title() {
        return "Overwrites until it is killed";
    }

    @Override
    public Needs needs() {
        return Needs.LOADED;
    }

    @Override
    public Figures run(Context context) throws Exception {
        Values values = context.values();
        Keys keys = new Keys(false);
        byte[] key = new byte[Keys.BYTES];
        byte[] value = new byte[values.length()];
        SplittableRandom random = random(context);
        Store store = context.open(Mode.UNFORCED, false);
        long acknowledged = acknowledged(context);
        for (long i = 0; ; i++) {
            if (i == acknowledged) {
                Signals.say(READY);
            }
            long number = random.nextLong(context.keyCount());
            keys.fill(key, number);
            values.fill(value, number, FIRST_REVISION + i);
            store.put(key, value);
        }
    }

    private static SplittableRandom random(Context context) {
        return new SplittableRandom(context.seed() ^ FIRST_REVISION);
    }

    private static long acknowledged(Context context) {
        return Math.min(MOST, context.keyCount());
    }

    /** How many of a sample of the acknowledged puts are gone; throws if there must be none. */
    static long lost(Store store, Keys keys, Values values, Context context) throws Exception {
        SplittableRandom random = random(context);
        Map<Long, Long> newest = new HashMap<>();
        long acknowledged = acknowledged(context);
        for (long i = 0; i < acknowledged; i++) {
            long number = random.nextLong(context.keyCount());
            if (number % ONE_OF == 0) {
                newest.put(number, FIRST_REVISION + i);
            }
        }
        byte[] key = new byte[Keys.BYTES];
        long lost = 0;
        for (Map.Entry<Long, Long> put : newest.entrySet()) {
            keys.fill(key, put.getKey());
            byte[] value = store.get(key);
            if (!values.whole(value, put.getKey())) {
                throw Check.wrong(put.getKey());
            }
            if (Values.revision(value) < put.getValue()) {
                lost++;
            }
        }
        Peer peer = context.peer();
        if (lost > 0 && peer.promise(Mode.UNFORCED) != Promise.NOTHING) {
            throw new WrongAnswerException(
                    lost + " of " + newest.size() + " acknowledged puts were lost with the process");
        }
        return lost;
    }
}
