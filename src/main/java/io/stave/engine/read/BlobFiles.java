package io.stave.engine.read;

import io.stave.CorruptionException;
import io.stave.StoreIOException;
import io.stave.ValueTooLargeException;
import io.stave.blob.BlobFile;
import io.stave.blob.BlobReference;
import io.stave.engine.base.Notices;
import io.stave.io.StoreDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;

/** Opens the blobs that records refer to, and reads those that are asked for whole. */
public final class BlobFiles {

    /** The longest array that every JVM can make. */
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private final StoreDirectory directory;
    private final Notices notices;
    private final boolean others;

    /**
     * Of the store in a directory.
     *
     * @param others whether it is somebody else who deletes them, and does not wait for readers here
     */
    public BlobFiles(StoreDirectory directory, Notices notices, boolean others) {
        this.directory = directory;
        this.notices = notices;
        this.others = others;
    }

    /**
     * Opens the blob that the value of a record refers to.
     *
     * @throws CorruptionException if it is damaged or missing, or the value refers to none
     * @throws StoreIOException if it cannot be read
     */
    public BlobFile open(byte[] value) {
        return open(reference(value));
    }

    /**
     * What the value of a record refers to.
     *
     * @throws CorruptionException if to nothing
     */
    public BlobReference reference(byte[] value) {
        return BlobReference.decode(value, directory.path().toString(), 0);
    }

    /** Opens a blob; throws as {@link #open(byte[])}. */
    public BlobFile open(BlobReference reference) {
        try {
            return BlobFile.open(directory, reference);
        } catch (NoSuchFileException e) {
            if (others) {
                throw new StoreIOException(
                        reference.file() + " is gone: the value was replaced or deleted since this store was opened or"
                                + " refreshed. Refresh it and read again",
                        e);
            }
            throw new CorruptionException(
                    reference.file(),
                    0,
                    "a blob of " + reference.length() + " bytes",
                    "no file",
                    "Only the key of this value is affected. Restore the value from elsewhere and put it again.");
        } catch (IOException e) {
            throw unreadable(reference.file(), e);
        }
    }

    /**
     * Reads all of a blob and closes it.
     *
     * @throws ValueTooLargeException if no array can hold it
     */
    public byte[] whole(BlobFile blob) {
        BlobReference reference = blob.reference();
        try (blob) {
            if (reference.length() > MAX_ARRAY) {
                throw new ValueTooLargeException(reference.length());
            }
            byte[] value = new byte[(int) reference.length()];
            ByteBuffer target = ByteBuffer.wrap(value);
            for (int i = 0; i < reference.chunks(); i++) {
                blob.read(i, target);
            }
            return value;
        } catch (CorruptionException e) {
            throw notices.corruption(e);
        } catch (IOException e) {
            throw unreadable(reference.file(), e);
        }
    }

    static void close(BlobFile blob) {
        try {
            blob.close();
        } catch (IOException e) {
            throw unreadable(blob.reference().file(), e);
        }
    }

    static StoreIOException unreadable(String file, IOException e) {
        return new StoreIOException(file + " cannot be read: " + e.getMessage(), e);
    }
}
