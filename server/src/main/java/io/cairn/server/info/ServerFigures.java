package io.cairn.server.info;

import io.cairn.engine.keyspace.AppliedState;
import io.cairn.engine.keyspace.Keyspace;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.server.command.CommandTable;
import io.cairn.server.session.Session;
import io.cairn.server.session.Sessions;
import io.cairn.server.stats.Counters;
import io.cairn.server.stats.Rates;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The sections of INFO that follow from clients, counters and the keyspace.
 *
 * <p><i>Thread-safe.</i>
 */
public final class ServerFigures {
    private final Sessions sessions;
    private final Counters counters;
    private final Rates rates;
    private final KeyspaceHandle handle;
    private final Supplier<CommandTable> table;
    private final Supplier<Long> maxClients;

    /** Figures of these parts. */
    public ServerFigures(
            Sessions sessions,
            Counters counters,
            Rates rates,
            KeyspaceHandle handle,
            Supplier<CommandTable> table,
            Supplier<Long> maxClients) {
        this.sessions = sessions;
        this.counters = counters;
        this.rates = rates;
        this.handle = handle;
        this.table = table;
        this.maxClients = maxClients;
    }

    /** Clients, connected and blocked. */
    public InfoSection clients() {
        return new InfoSection(
                "Clients",
                true,
                fields -> fields.add("connected_clients", ordinary())
                        .add("cluster_connections", 0)
                        .add("maxclients", maxClients.get())
                        .add(
                                "blocked_clients",
                                sessions.all().stream()
                                        .filter(Session::isDeferred)
                                        .count())
                        .add("tracking_clients", 0));
    }

    private long ordinary() {
        return sessions.all().stream()
                .filter(session -> session.kind() != Session.Kind.REPLICA)
                .count();
    }

    /** Counters. */
    public InfoSection stats(List<InfoSection> more) {
        return new InfoSection("Stats", true, fields -> {
            Rates.Rate rate = rates.rate();
            fields.add("total_connections_received", counters.connectionsReceived.sum())
                    .add("total_commands_processed", counters.calls())
                    .add("instantaneous_ops_per_sec", Math.round(rate.commands()))
                    .add("total_net_input_bytes", counters.netInputBytes.sum())
                    .add("total_net_output_bytes", counters.netOutputBytes.sum())
                    .add("instantaneous_input_kbps", kilobytes(rate.inputBytes()))
                    .add("instantaneous_output_kbps", kilobytes(rate.outputBytes()))
                    .add("rejected_connections", counters.rejectedConnections.sum())
                    .add("total_error_replies", counters.errorReplies.sum())
                    .add("client_output_buffer_limit_disconnections", counters.outputLimitDisconnections.sum())
                    .add("commands_off_loop", counters.commandsOffLoop.sum())
                    .add("loop_turns", counters.turns.sum())
                    .add("stream_command_errors", counters.streamErrors.sum());
            more.forEach(section -> section.fields().accept(fields));
        });
    }

    private static String kilobytes(double bytes) {
        return String.format(Locale.ROOT, "%.2f", bytes / 1024);
    }

    /** Calls and time of commands. */
    public InfoSection commandStats() {
        return new InfoSection("Commandstats", false, fields -> {
            for (CommandTable.Entry entry : table.get().all()) {
                Counters.CommandTotal total = counters.total(entry.index());
                if (total.calls() + total.rejected() > 0) {
                    long micros = total.nanos() / 1000;
                    double perCall = total.calls() == 0 ? 0 : total.nanos() / 1000.0 / total.calls();
                    fields.add(
                            "cmdstat_" + entry.command().name(),
                            String.format(
                                    Locale.ROOT,
                                    "calls=%d,usec=%d,usec_per_call=%.2f,rejected_calls=%d,failed_calls=%d",
                                    total.calls(),
                                    micros,
                                    perCall,
                                    total.rejected(),
                                    total.failed()));
                }
            }
        });
    }

    /** Error replies by code. */
    public InfoSection errorStats() {
        return new InfoSection(
                "Errorstats",
                true,
                fields ->
                        counters.errors().forEach((code, count) -> fields.add("errorstat_" + code, "count=" + count)));
    }

    /** Keys of each database. */
    public InfoSection keyspace() {
        return new InfoSection("Keyspace", true, fields -> {
            AppliedState state = handle.keyspace().state();
            for (int db = 0; db < state.databases(); db++) {
                if (state.keys(db) > 0) {
                    fields.add("db" + db, "keys=" + state.keys(db) + ",expires=" + state.expires(db) + ",avg_ttl=0");
                }
            }
        });
    }

    /** Figures of the row store, under its own names. */
    public InfoSection rows() {
        return new InfoSection("Rows", false, fields -> {
            Keyspace keyspace = handle.keyspace();
            fields.add("rows_durable", keyspace.store().durable() ? 1 : 0);
            keyspace.store().stats().forEach((name, value) -> fields.add("rows_" + name, value));
        });
    }
}
