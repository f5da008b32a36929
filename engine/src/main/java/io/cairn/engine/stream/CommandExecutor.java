package io.cairn.engine.stream;

import io.cairn.engine.keyspace.Turn;
import java.util.function.Consumer;

/**
 * Runs commands that come out of a stream: the port through which the engine reaches the command table.
 *
 * <p><i>Thread-safe.</i>
 */
public interface CommandExecutor {
    /**
     * Runs one command in a turn that is streaming and holds the stripes of its keys. A command that fails as a command
     * (unknown, wrong type) is reported by the implementation and changes nothing; the stream goes on, as in Redis.
     */
    void execute(Turn turn, int db, byte[][] args);

    /** Whether the command must run while no other turn is under way. */
    boolean isExclusive(byte[][] args);

    /** Hands each key that the command names to {@code each}. */
    void keys(byte[][] args, Consumer<byte[]> each);
}
