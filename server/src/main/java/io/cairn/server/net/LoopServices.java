package io.cairn.server.net;

import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Turn;
import io.cairn.server.blocking.Waiters;
import io.cairn.server.command.CommandTable;
import io.cairn.server.dispatch.Admission;
import io.cairn.server.dispatch.DiskPool;
import io.cairn.server.dispatch.Execution;
import io.cairn.server.dispatch.Pause;
import io.cairn.server.dispatch.Transactions;
import io.cairn.server.session.Sessions;
import io.cairn.server.stats.Counters;
import io.cairn.server.stats.Rates;

/**
 * What all event loops share.
 *
 * <p><i>Immutable.</i>
 */
public record LoopServices(
        KeyspaceHandle handle,
        CommandTable table,
        Admission admission,
        Transactions transactions,
        Waiters waiters,
        Counters counters,
        Rates rates,
        Pause pause,
        DiskPool diskPool,
        Durability durability,
        Sessions sessions,
        Clients clients) {
    Execution execution(Turn turn) {
        return new Execution(
                turn, counters, counters.newThread(table.all().size()), transactions, waiters, owner -> false);
    }
}
