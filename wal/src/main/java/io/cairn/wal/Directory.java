package io.cairn.wal;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * The flat directory that holds one log: the only way this package reaches storage.
 *
 * <ul>
 *   <li>Names are plain file names; there are no sub-directories.
 *   <li>A file's content is durable after {@link LogFile#sync()}; its existence, name or absence only after
 *       {@link #sync()}.
 *   <li>{@link #rename} replaces its target atomically.
 * </ul>
 *
 * <p><i>Thread-safe.</i>
 */
public interface Directory {
    /** The names of all files, in no particular order. */
    List<String> list() throws IOException;

    /** Length of a file in bytes. */
    long size(String name) throws IOException;

    /** Creates a file, or empties the one that bears the name, and opens it for reading and writing. */
    LogFile create(String name) throws IOException;

    /** Opens an existing file for reading and writing. */
    LogFile openWrite(String name) throws IOException;

    /** Opens an existing file for reading. */
    LogFile openRead(String name) throws IOException;

    /** Deletes a file; whoever has it open goes on reading it. */
    void delete(String name) throws IOException;

    /** Gives a file a new name, atomically replacing the file that bore it. */
    void rename(String from, String to) throws IOException;

    /** Makes creations, deletions and renames done so far durable. */
    void sync() throws IOException;

    /** Bytes that can still be written to the file system. */
    long usableBytes() throws IOException;

    /**
     * Takes the exclusive lock of that name, which ends with the process or when the result is closed.
     *
     * @throws IOException if somebody else holds it
     */
    Closeable lock(String name) throws IOException;
}
