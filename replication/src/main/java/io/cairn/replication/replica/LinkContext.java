package io.cairn.replication.replica;

import io.cairn.engine.Engine;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.stream.CommandExecutor;
import io.cairn.replication.ReplicationSettings;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What links to primaries are made with.
 *
 * <p><i>Immutable.</i>
 *
 * @param engine the keyspace that a link feeds
 * @param executor runs the stream's commands
 * @param turn the link thread's turn
 * @param connector opens connections and is the link thread
 * @param snapshots runs tasks that receive snapshots, each on a thread of its own
 * @param settings what is configured, asked each time
 * @param wallMillis wall clock
 * @param random uniformly random longs, for jitter
 */
public record LinkContext(
        Engine engine,
        CommandExecutor executor,
        Turn turn,
        Connector connector,
        Executor snapshots,
        Supplier<ReplicationSettings> settings,
        LongSupplier wallMillis,
        LongSupplier random) {}
