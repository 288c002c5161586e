package io.stave.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of one store directory.
 *
 * <p>Two things become durable separately, and only when asked: the bytes and the length of a file by
 * {@link WritableFile#force()}, the names (what was created, renamed, deleted) by {@link #forceNames()}. Until then a
 * power cut may keep or take back each of them on its own, in any order: a renamed file that was not forced may be empty
 * afterwards, a deleted one may be back.
 *
 * <p>Names are plain file names without a path. Every method may be called from any thread. An interrupt of the calling
 * thread affects no call: the work is done and the flag stays as it was (I13). Every {@link IOException} names the file;
 * a full disk is a {@link NoSpaceException}. A name that is not plain is an {@link IllegalArgumentException}.
 */
public interface StoreDirectory extends Closeable {

    /** The largest length of a {@linkplain ReadableFile#map mapping} or an {@linkplain #allocate allocation}, in bytes. */
    int MAX_MAPPING = Integer.MAX_VALUE;

    /**
     * Where the directory is, for messages.
     *
     * @return its path
     */
    Path path();

    /**
     * Lists what the directory holds.
     *
     * @return the names of all files and directories in it, sorted
     * @throws IOException if the directory cannot be read
     */
    List<String> list() throws IOException;

    /**
     * Tells whether a name is taken.
     *
     * @param name a plain file name
     * @return true if a file or directory has this name
     * @throws IOException if that cannot be found out
     */
    boolean exists(String name) throws IOException;

    /**
     * Creates a file for writing. The name is durable after {@link #forceNames()}.
     *
     * @param name a plain file name
     * @return the empty file; the caller closes it
     * @throws java.nio.file.FileAlreadyExistsException if the name is taken
     * @throws IOException if the file cannot be created
     */
    WritableFile create(String name) throws IOException;

    /**
     * Opens a file again that {@link #create} made, to go on writing it.
     *
     * @param name a plain file name
     * @return the file as it is; the caller closes it
     * @throws java.nio.file.NoSuchFileException if there is no such file
     * @throws IOException if the file cannot be opened
     */
    WritableFile reopen(String name) throws IOException;

    /**
     * Gives a file of another directory a name here too: one file under two names, whose bytes are as durable as they were. The name here is
     * durable after {@link #forceNames()}.
     *
     * @param source the other directory
     * @param name a plain file name, there and here
     * @return false if the two directories cannot share a file: then the bytes have to be copied
     * @throws java.nio.file.NoSuchFileException if there is no such file
     * @throws java.nio.file.FileAlreadyExistsException if the name is taken here
     * @throws IOException if the name cannot be made
     */
    boolean link(StoreDirectory source, String name) throws IOException;

    /**
     * Opens a file for reading.
     *
     * @param name a plain file name
     * @return the file; the caller closes it
     * @throws java.nio.file.NoSuchFileException if there is no such file
     * @throws IOException if the file cannot be opened
     */
    ReadableFile open(String name) throws IOException;

    /**
     * Shrinks a file and forces it. Only for a file that nothing maps: reading a mapping beyond the end of its file is an
     * error that no caller can handle (I9).
     *
     * @param name a plain file name
     * @param length the new length in bytes, at most the present one
     * @throws java.nio.file.NoSuchFileException if there is no such file
     * @throws ForceFailedException if the file was shrunk and cannot be forced
     * @throws IOException if the file is shorter already or cannot be shrunk
     */
    void truncate(String name, long length) throws IOException;

    /**
     * Renames a file in one step, replacing the file that has the new name. The bytes of the file should have been forced
     * before, or a power cut may leave the new name with an empty file. Durable after {@link #forceNames()}.
     *
     * @param from the present name
     * @param to the new name
     * @throws java.nio.file.NoSuchFileException if there is no file of the present name
     * @throws IOException if the file cannot be renamed
     */
    void rename(String from, String to) throws IOException;

    /**
     * Removes a name. Whoever has the file open or mapped may go on reading it. Durable after {@link #forceNames()}.
     *
     * @param name a plain file name
     * @return false if there was no such file
     * @throws IOException if the file cannot be deleted
     */
    boolean delete(String name) throws IOException;

    /**
     * Forces the directory: when this returns, every create, rename and delete done before is on stable storage. The first
     * failure is final: what it should have forced may be lost although the next call succeeds (I8).
     *
     * @throws ForceFailedException if the directory cannot be forced, for whatever reason
     * @throws IOException if the directory was closed
     */
    void forceNames() throws IOException;

    /**
     * Takes a lock that excludes other processes and everybody else in this one. The file is created if it is not there,
     * opened for this purpose only, and never twice in one process, for the operating system drops the lock with the
     * first closed descriptor of the file.
     *
     * @param name a plain file name
     * @return what releases the lock when closed, or null if somebody else holds it
     * @throws IOException if the file cannot be opened or the file system cannot lock
     */
    @Nullable
    Closeable tryLock(String name) throws IOException;

    /**
     * The room left on the file system, as far as this process may use it.
     *
     * @return the number of bytes
     * @throws IOException if that cannot be found out
     */
    long usableBytes() throws IOException;

    /**
     * The size of the file system.
     *
     * @return the number of bytes
     * @throws IOException if that cannot be found out
     */
    long totalBytes() throws IOException;

    /**
     * Allocates private memory outside the heap: zeroed, readable and writable, page aligned, backed by memory in every page
     * from the beginning, so that no later failure of a disk can reach it. Neither {@code -Xmx} nor {@code
     * -XX:MaxDirectMemorySize} counts it.
     *
     * @param bytes the number of bytes, 1 to {@link #MAX_MAPPING}
     * @return the memory; the caller releases it
     * @throws java.io.UncheckedIOException if there is not that much, or the directory was closed
     */
    Mapping allocate(long bytes);

    /**
     * Ends the use of the directory. Files and mappings that were opened, and locks that were taken, stay as they are; every
     * other call fails with an {@link IOException} from now on. Closing twice does nothing.
     *
     * @throws IOException if the operating system reports an error
     */
    @Override
    void close() throws IOException;
}
