package io.stave.compare.work;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

/** All works there are, in the order they are done in: what changes the store much comes late. */
public final class Works {
    /** The work that every other one on a loaded store needs first. */
    public static final String LOAD = "load";

    private static final List<Work> ALL = all0();

    private Works() {}

    private static List<Work> all0() {
        List<Work> works = new ArrayList<>();
        works.add(new LoadWork(true));
        for (int threads : new int[] {1, 16, 64, 256}) {
            works.add(new DurableWork(threads));
        }
        works.add(new PipelinedWork());
        works.add(new LoadWork(false));
        works.add(new ReopenWork(ReopenWork.After.CLEAN_CLOSE));
        works.add(new ReopenWork(ReopenWork.After.LOST_KEYDIR));
        works.add(new ReopenWork(ReopenWork.After.LOST_HINTS));
        for (GetWork.Choice choice : GetWork.Choice.values()) {
            works.add(new GetWork(choice, 1));
            works.add(new GetWork(choice, 2));
        }
        for (YcsbWork.Letter letter : new YcsbWork.Letter[] {
            YcsbWork.Letter.C, YcsbWork.Letter.B, YcsbWork.Letter.D, YcsbWork.Letter.A, YcsbWork.Letter.F
        }) {
            works.add(new YcsbWork(letter));
        }
        works.add(new OverwriteWork());
        works.add(new MergeWork());
        works.add(new ReopenWork(ReopenWork.After.KILL));
        return List.copyOf(works);
    }

    /** {@return all works, in order} */
    public static List<Work> all() {
        return ALL;
    }

    /** {@return the work of that name, the one that is killed included} */
    public static Work named(String name) {
        Work doomed = new DoomedWork();
        if (doomed.name().equals(name)) {
            return doomed;
        }
        return ALL.stream()
                .filter(work -> work.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("no work " + name));
    }

    static String threads(int threads) {
        return threads == 1 ? "1 thread" : threads + " threads";
    }
}
