package io.cairn.server.session;

import io.cairn.server.command.Reply;
import io.netty.channel.Channel;

/**
 * A session's connection, as commands may act on it.
 *
 * <p><i>Thread-safe.</i>
 */
public interface Wire {
    /** The channel. Who writes to it directly (a replica's feeder) must be the only one to write from then on. */
    Channel channel();

    /** Ends the connection now, whatever it was about to send. */
    void kill();

    /** Sends something that is no reply to a command (RESP3 push), in turn behind what was replied before. */
    void push(Reply reply);

    /**
     * Sends a message if the session is subscribed to its topic by then.
     *
     * @param gate position of the log that must be durable before under {@code appendfsync always}
     */
    void deliver(Letter letter, long gate);

    /** Answers the command under way, which returned {@link Reply.Silent} after {@link Session#defer}. */
    default void complete(Deferral deferral, Reply reply) {
        complete(deferral, reply, 0, false);
    }

    /**
     * As {@link #complete(Deferral, Reply)}.
     *
     * @param gate position of the log that must be durable before the reply under {@code appendfsync always}
     * @param andClose ends the connection behind the reply
     */
    void complete(Deferral deferral, Reply reply, long gate, boolean andClose);

    /**
     * Runs {@code task} on the connection's event loop after a while.
     *
     * @return to call it off
     */
    Runnable after(long millis, Runnable task);
}
