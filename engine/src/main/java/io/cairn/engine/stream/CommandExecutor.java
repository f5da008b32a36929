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
     * Runs one command in a turn that is streaming and holds the stripes of its keys.
     *
     * @throws UnexecutableException if it is unknown or fails as a command; what it did is taken back by the caller
     */
    void execute(Turn turn, int db, byte[][] args);

    /** Whether the command must run while no other turn is under way. */
    boolean isExclusive(byte[][] args);

    /** Hands each key that the command names to {@code each}. */
    void keys(byte[][] args, Consumer<byte[]> each);
}
