package io.stave.engine.merge;

import io.stave.engine.base.Health;
import io.stave.engine.base.Notices;
import io.stave.engine.base.StoreLog;
import io.stave.engine.live.Catalog;
import io.stave.engine.live.HintBuilder;
import io.stave.engine.read.Reads;
import io.stave.engine.space.DiskSpace;
import io.stave.engine.write.Publisher;
import io.stave.io.StoreDirectory;
import io.stave.keydir.KeyHash;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * What all hands of a round work with. Each of it is for any thread.
 *
 * @param now what expires up to then is gone, in epoch milliseconds
 * @param cancelled whether the round is to end at its next record
 * @param moved is told of the bytes that were read or written, and of none now and then while something else is done
 * @param health is told of a force that failed
 */
record RoundContext(
        StoreDirectory directory,
        Catalog catalog,
        Reads reads,
        Publisher publisher,
        long now,
        KeyHash hash,
        HintBuilder hints,
        DiskSpace space,
        BooleanSupplier cancelled,
        LongConsumer moved,
        Health health,
        Notices notices,
        StoreLog log) {}
