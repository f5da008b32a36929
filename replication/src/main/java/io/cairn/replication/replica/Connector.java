package io.cairn.replication.replica;

import io.cairn.replication.PeerChannel;
import java.nio.ByteBuffer;

/**
 * Opens connections to a primary: the port behind which sockets stand. All connections live on the link's one thread.
 *
 * <p><i>Thread-safe.</i>
 */
public interface Connector {
    /** What happens on a connection; on the link's thread. */
    interface Events {
        /** The connection is open. */
        void connected(PeerChannel channel);

        /** Bytes came, backed by an array or not; they are the receiver's until it returns. */
        void received(ByteBuffer bytes);

        /** All that has arrived was received; more may come at any time. */
        void settled();

        /** The connection could not be opened, or ended; the last event. */
        void closed(String reason);
    }

    /** Begins to connect. */
    void connect(String host, int port, Events events);

    /** Runs a task on the link's thread. */
    void execute(Runnable task);
}
