package io.cairn.engine;

import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.stream.CommandExecutor;
import io.cairn.engine.stream.LogCommands;
import io.cairn.engine.stream.StreamApplier;
import io.cairn.engine.stream.StreamFormatException;
import io.cairn.wal.Wal;
import java.io.Closeable;
import java.io.IOException;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Runs what the log of a keyspace holds behind the applied offset against the rows, piece by piece: at recovery, on a
 * replica, and before a replica becomes a primary.
 *
 * <p>Where it stands is the keyspace's applied offset and nothing else, so it may be given up after any piece, and
 * another one goes on.
 *
 * <p><i>Confined to the thread of its turn.</i>
 */
final class Replay implements Closeable {
    private final Keyspace keyspace;
    private final LongSupplier wallMillis;
    private final LogCommands commands;
    private final StreamApplier applier;

    /** @param turn runs the commands; of the handle that has the keyspace */
    Replay(
            Keyspace keyspace,
            Turn turn,
            CommandExecutor executor,
            LongSupplier wallMillis,
            StreamApplier.Control control)
            throws IOException {
        this.keyspace = keyspace;
        this.wallMillis = wallMillis;
        long from = keyspace.state().offset();
        this.applier = new StreamApplier(
                turn, executor, control, from, keyspace.state().streamDb());
        Wal wal = Objects.requireNonNull(keyspace.wal(), "there is a log");
        this.commands = new LogCommands(wal.reader(from));
    }

    /** Whether it goes on where that keyspace stands. */
    boolean isOf(Keyspace other) {
        return keyspace == other && applier.committed() == other.state().offset();
    }

    /**
     * Applies and commits whole units, about {@code bytesMost} of them; returns whether more is logged.
     *
     * @throws io.cairn.engine.stream.StreamEndedException if it is not to go on
     * @throws io.cairn.engine.stream.UnitFailedException at a unit that cannot be run; all before it is applied
     * @throws StreamFormatException if the log holds what is no command
     */
    boolean piece(long bytesMost) throws IOException {
        long now = wallMillis.getAsLong();
        long until = applier.committed() + bytesMost;
        try {
            while (commands.position() < until || applier.isWithinUnit()) {
                byte[][] args = commands.next();
                if (args == null) {
                    if (applier.isWithinUnit()) {
                        throw new StreamFormatException("the log ends within a transaction");
                    }
                    break;
                }
                applier.take(args, commands.position(), now);
            }
            applier.commit(now);
        } finally {
            applier.abandon();
        }
        return keyspace.lagBytes() > 0;
    }

    @Override
    public void close() throws IOException {
        commands.close();
    }
}
