package io.stave.engine.faults;

import io.stave.Stave;
import io.stave.engine.House;
import io.stave.engine.live.Catalog;
import java.lang.reflect.Field;

/**
 * Brings an open store near its ceilings, as 16 million writes or 64 segments would. Reaches into private fields, for nothing in the store
 * should allow it; what is skipped counts as given out.
 */
public final class Ceilings {

    /** So many are left below the ceiling. */
    private static final int LEFT = 2;

    private Ceilings() {}

    /** The next version is one of the last few below the ceiling that the MANIFEST holds now. */
    public static void skipVersions(Stave store) {
        House house = (House) get(store, "house");
        Catalog catalog = (Catalog) get(house, "catalog");
        set(house.writePath, "nextSequence", catalog.sequenceCeiling() - LEFT + 1);
    }

    /** The next segment id is one of the last few below the ceiling. */
    public static void skipSegmentIds(Stave store) {
        Object catalog = get(get(store, "house"), "catalog");
        long next = (long) get(catalog, "nextSegmentId");
        set(catalog, "nextSegmentId", next + Catalog.SEGMENT_ID_BLOCK - 1 - LEFT);
    }

    private static Object get(Object owner, String name) {
        try {
            return field(owner, name).get(owner);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static void set(Object owner, String name, long value) {
        try {
            field(owner, name).setLong(owner, value);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static Field field(Object owner, String name) {
        try {
            Field field = owner.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException e) {
            throw new AssertionError(e);
        }
    }
}
