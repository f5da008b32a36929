package io.cairn.server.replication;

import io.cairn.engine.Applier;
import io.cairn.engine.Engine;
import io.cairn.replication.Replication;
import io.cairn.replication.primary.ReplicaFeed;
import io.cairn.replication.primary.Resync;
import io.cairn.replication.replica.LinkState;
import io.cairn.replication.replica.ReplicaLink;
import io.cairn.server.config.Configuration;
import io.cairn.server.config.Directives;
import io.cairn.server.info.InfoSection;
import io.cairn.wal.LogIdentity;
import io.cairn.wal.Wal;
import java.io.IOException;
import java.util.Locale;

/**
 * The section Replication of INFO: Redis's fields under Redis's names, then what only a log on disk can tell.
 *
 * <p><i>Thread-safe.</i>
 */
final class ReplicationFigures {
    private static final String NO_ID = "0".repeat(40);

    private final Engine engine;
    private final Replication replication;
    private final Configuration configuration;

    ReplicationFigures(Engine engine, Replication replication, Configuration configuration) {
        this.engine = engine;
        this.replication = replication;
        this.configuration = configuration;
    }

    InfoSection section() {
        return new InfoSection("Replication", true, this::fields);
    }

    /** Redis's counters of synchronizations, under its names. */
    InfoSection counters() {
        return new InfoSection("Synchronizations", false, fields -> {
            long refused = sum(
                    Resync.Reason.UNKNOWN_ID,
                    Resync.Reason.BEYOND_PREVIOUS,
                    Resync.Reason.TOO_OLD,
                    Resync.Reason.AHEAD);
            fields.add("sync_full", refused + sum(Resync.Reason.REQUESTED));
            fields.add("sync_partial_ok", sum(Resync.Reason.SAME_ID, Resync.Reason.PREVIOUS_ID));
            fields.add("sync_partial_err", refused);
        });
    }

    private long sum(Resync.Reason... reasons) {
        long sum = 0;
        for (Resync.Reason reason : reasons) {
            sum += replication.feeds().decisions(reason);
        }
        return sum;
    }

    private void fields(InfoSection.Fields fields) {
        ReplicaLink link = replication.link();
        fields.add("role", link == null ? "master" : "slave");
        if (link != null) {
            link(fields, link);
        }
        replicas(fields);
        LogIdentity identity = engine.identity();
        String previous = identity.previousId();
        fields.add("master_failover_state", "no-failover");
        fields.add("master_replid", identity.id());
        fields.add("master_replid2", previous == null ? NO_ID : previous);
        fields.add("master_repl_offset", engine.offset());
        fields.add("second_repl_offset", previous == null ? -1 : identity.previousEnd() + 1);
        log(fields);
        for (Resync.Reason reason : Resync.Reason.values()) {
            fields.add(
                    "psync_" + reason.name().toLowerCase(Locale.ROOT),
                    replication.feeds().decisions(reason));
        }
        fields.add("repl_sent_bytes", replication.feeds().sentBytes());
    }

    private void link(InfoSection.Fields fields, ReplicaLink link) {
        long now = System.currentTimeMillis();
        boolean up = link.state() == LinkState.CONNECTED;
        boolean syncing = link.state() == LinkState.TRANSFER || link.state() == LinkState.INSTALL;
        fields.add("master_host", link.host());
        fields.add("master_port", link.port());
        fields.add("master_link_status", up ? "up" : "down");
        fields.add("master_last_io_seconds_ago", up ? (now - link.heardMillis()) / 1000 : -1);
        fields.add("master_sync_in_progress", syncing ? 1 : 0);
        fields.add("slave_read_repl_offset", engine.offset());
        fields.add("slave_repl_offset", engine.applied());
        if (syncing) {
            long total = link.transferTotalBytes();
            long read = link.transferReadBytes();
            fields.add("master_sync_total_bytes", Math.max(total, 0));
            fields.add("master_sync_read_bytes", read);
            fields.add("master_sync_left_bytes", total < 0 ? 0 : total - read);
            fields.add("master_sync_perc", total <= 0 ? "0.00" : percent(read, total));
            fields.add("master_sync_last_io_seconds_ago", (now - link.heardMillis()) / 1000);
        }
        if (!up) {
            fields.add("master_link_down_since_seconds", (now - link.downSinceMillis()) / 1000);
        }
        fields.add("slave_priority", configuration.number(Directives.REPLICA_PRIORITY));
        fields.add("slave_read_only", 1);
        fields.add("replica_announced", configuration.isYes(Directives.REPLICA_ANNOUNCED) ? 1 : 0);
        fields.add("link_partial_resyncs", link.partials());
        fields.add("link_full_resyncs", link.fulls());
        fields.add("link_reading", link.held() ? 0 : 1);
        fields.add("apply_lag_bytes", engine.applier().lagBytes());
        Applier.Stop stop = engine.applier().stopped();
        if (stop != null) {
            fields.add("apply_stopped_offset", stop.offset());
            fields.add("apply_stopped_command", stop.command());
            fields.add("apply_stopped_reason", stop.reason().replaceAll("\\s", " "));
        }
    }

    private static String percent(long part, long whole) {
        return String.format(Locale.ROOT, "%.2f", 100.0 * part / whole);
    }

    private void replicas(InfoSection.Fields fields) {
        long now = System.currentTimeMillis();
        int index = 0;
        StringBuilder lines = new StringBuilder();
        for (ReplicaFeed feed : replication.feeds().all()) {
            if (feed.hello().rdbOnly()) {
                continue;
            }
            lines.append("slave").append(index++).append(":ip=").append(feed.host());
            lines.append(",port=").append(feed.hello().listeningPort());
            lines.append(",state=").append(feed.state().infoName());
            lines.append(",offset=").append(feed.acknowledged());
            lines.append(",lag=").append((now - feed.heardMillis()) / 1000);
            lines.append(",lag_bytes=").append(Math.max(0, engine.offset() - feed.acknowledged()));
            lines.append(",lag_millis=").append(lagMillis(feed)).append("\r\n");
        }
        fields.add("connected_slaves", index);
        fields.raw(lines);
        if (configuration.number(Directives.MIN_REPLICAS) > 0 && replication.link() == null) {
            fields.add(
                    "min_slaves_good_slaves",
                    replication.feeds().good(configuration.number(Directives.MIN_REPLICAS_LAG) * 1000));
        }
    }

    /** Age of the oldest record that the replica has not acknowledged. */
    private long lagMillis(ReplicaFeed feed) {
        Wal wal = engine.wal();
        long acknowledged = feed.acknowledged();
        if (wal == null || acknowledged >= wal.end() || acknowledged < wal.start()) {
            return 0;
        }
        try {
            return Math.max(0, System.currentTimeMillis() - wal.millisAt(acknowledged + 1));
        } catch (IOException e) {
            return -1; // retention took it a moment ago
        }
    }

    private void log(InfoSection.Fields fields) {
        Wal wal = engine.wal();
        long start = wal == null ? engine.offset() : wal.start();
        fields.add("repl_backlog_active", wal == null ? 0 : 1);
        fields.add("repl_backlog_size", configuration.number(Directives.WAL_RETENTION_BYTES));
        fields.add("repl_backlog_first_byte_offset", start + 1);
        fields.add("repl_backlog_histlen", engine.offset() - start);
        if (wal != null) {
            fields.add("repl_log_pins", wal.pins().size());
        }
    }
}
