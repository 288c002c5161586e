package io.stave.engine;

import io.stave.Options;
import io.stave.engine.base.Health;
import io.stave.engine.base.Notices;
import io.stave.engine.blob.Blobs;
import io.stave.engine.live.ReaderEpoch;
import io.stave.engine.live.Reclaimer;
import io.stave.engine.live.StoreLock;
import io.stave.engine.recovery.Recovery;
import io.stave.engine.space.Reserve;
import io.stave.io.StoreDirectory;
import io.stave.manifest.ManifestFile;
import io.stave.segment.Segment;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** How a store is opened: the lock is taken, what the last process left is recovered, the rooms are wired, and what runs by itself begins. */
public final class Opening {

    private Opening() {}

    /** Takes the lock, recovers and wires; on failure everything taken is given back. */
    public static House open(StoreDirectory directory, Options options, boolean inline) throws IOException {
        KeydirRoom.check(options.keydir());
        Notices notices = new Notices(directory.path(), options.listener(), inline);
        Object begun = notices.beginOpen();
        try {
            House house = open(directory, options, notices, inline);
            notices.opened(begun, house.recovery);
            return house;
        } catch (IOException | RuntimeException | Error e) {
            notices.notOpened(begun, e);
            notices.close();
            throw e;
        }
    }

    private static House open(StoreDirectory directory, Options options, Notices notices, boolean inline)
            throws IOException {
        StoreLock lock = null;
        House house = null;
        Health health = new Health(notices::stopped);
        ReaderEpoch epoch = new ReaderEpoch();
        Reclaimer reclaimer = new Reclaimer(epoch, health, inline);
        KeydirRoom keydirRoom = KeydirRoom.of(options.keydir(), directory, reclaimer::retire);
        try {
            if (!options.createIfMissing() && !directory.exists(ManifestFile.NAME)) {
                throw new NoSuchFileException(
                        ManifestFile.NAME, null, "there is no store, and createIfMissing is false");
            }
            lock = StoreLock.acquire(directory);
            Reserve reserve = Reserve.open(directory);
            Recovery.Recovered recovered = keydirRoom.recover(new Recovery(
                    directory,
                    options.recoveryProgress(),
                    keydirRoom.maker(),
                    reserve,
                    inline,
                    Blobs.oldestUpload(options)));
            house = new House(
                    directory,
                    options,
                    inline,
                    notices,
                    lock,
                    health,
                    reclaimer,
                    epoch,
                    keydirRoom,
                    reserve,
                    recovered);
            house.space.refill();
            house.sealer.tidyUp(recovered.left(), recovered.withoutHint());
            house.backgroundMerge.start();
            house.statsFile.start();
            if (house.segments.list().stream().anyMatch(segment -> segment.earliestExpiry() != Segment.NO_EXPIRY)) {
                house.backgroundMerge.wakeToSweep();
            }
            return house;
        } catch (IOException | RuntimeException | Error e) {
            if (house == null) {
                giveBack(directory, lock, reclaimer, keydirRoom, e);
            } else {
                new Closing(house).abandon(e);
            }
            throw e;
        }
    }

    private static void giveBack(
            StoreDirectory directory,
            @Nullable StoreLock lock,
            Reclaimer reclaimer,
            KeydirRoom keydirRoom,
            Throwable cause) {
        try (directory;
                lock) {
            boolean unused = reclaimer.close();
            keydirRoom.close();
        } catch (IOException | RuntimeException | Error e) {
            cause.addSuppressed(e);
        }
    }
}
