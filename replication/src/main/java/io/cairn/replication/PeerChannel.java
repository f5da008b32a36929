package io.cairn.replication;

import io.cairn.wal.Region;
import java.nio.ByteBuffer;

/**
 * A connection to another node, as replication sees it: the port behind which sockets stand.
 *
 * <p>Everything happens on the connection's own thread; {@link #execute} gets there. That and
 * {@link #close} may be called by any thread.
 *
 * <p><i>Confined to the connection's thread.</i>
 */
public interface PeerChannel {
    /** Queues bytes; the buffer belongs to the channel from now on. */
    void send(ByteBuffer bytes);

    /** Queues a stretch of a log file; the channel releases it when it was sent or cannot be. */
    void send(Region region);

    /** Whether little enough is queued that more should be sent. */
    boolean isWritable();

    /** Stops or resumes reading from the other side. */
    void reading(boolean on);

    /** Closes the connection, what is queued is dropped. */
    void close();

    /** Whether it is open. */
    boolean isOpen();

    /** Runs a task on the connection's thread; does nothing once that thread has ended. */
    void execute(Runnable task);

    /** Address of the other side, without port. */
    String remoteHost();
}
