package io.stave.cli.tour;

import io.stave.Stave;
import java.io.IOException;

/** The writes of the tour, each of which returns once the store has acknowledged it. Thread-safe. */
final class Writes {

    private final Stave store;
    private final TourPlan plan;

    Writes(Stave store, TourPlan plan) {
        this.store = store;
        this.plan = plan;
    }

    /** Puts a file for the first time: as a draft if it is to be overwritten. */
    Ack put(int file) {
        boolean draft = plan.roles().get(file) == TourPlan.Role.OVERWRITE;
        return put(Ack.Kind.PUT, file, draft);
    }

    /** Overwrites or deletes a file, as its role says. */
    Ack change(int file) {
        return switch (plan.roles().get(file)) {
            case KEEP ->
                throw new IllegalArgumentException(
                        "not to be changed: " + plan.files().get(file));
            case OVERWRITE -> put(Ack.Kind.OVERWRITE, file, false);
            case DELETE ->
                new Ack(
                        Ack.Kind.DELETE,
                        file,
                        store.delete(plan.files().get(file).key()),
                        0);
        };
    }

    private Ack put(Ack.Kind kind, int file, boolean draft) {
        byte[] value;
        try {
            value = Content.read(plan.files().get(file));
        } catch (IOException e) {
            return Ack.skip(file);
        }
        if (draft) {
            value = Content.draft(value);
        }
        long version = store.put(plan.files().get(file).key(), value);
        return new Ack(kind, file, version, Content.checksum(value));
    }
}
