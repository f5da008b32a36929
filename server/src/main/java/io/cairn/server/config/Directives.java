package io.cairn.server.config;

import io.cairn.server.config.Directive.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * All directives, each declared once.
 *
 * <p>Names are Redis's where Redis has one. A directive of Redis that means nothing here is accepted, so that a
 * redis.conf can be used, and its declaration says what became of it.
 *
 * <p><i>Immutable.</i>
 */
public final class Directives {
    private static final long MAX_INT = Integer.MAX_VALUE;
    private static final List<Directive> DECLARED = new ArrayList<>();

    // ---- network

    /** Addresses to listen on; with a leading - an address that may be missing, * for all. */
    public static final Directive BIND = declare(Directive.of(Kind.WORDS, "bind", "* -::*")
            .fixed()
            .build("network", "Addresses to listen on; with a leading - an address that may be missing, * for all."));

    /** TCP port to listen on; 0 listens on none. */
    public static final Directive PORT = declare(Directive.of(Kind.INTEGER, "port", "6379")
            .range(0, 65535)
            .fixed()
            .build("network", "TCP port to listen on; 0 listens on none."));

    /** Path of a unix socket to listen on as well. */
    public static final Directive UNIXSOCKET = declare(Directive.of(Kind.TEXT, "unixsocket", "")
            .fixed()
            .build("network", "Path of a unix socket to listen on as well."));

    /** Octal permissions of the unix socket; 0 leaves them to the umask. */
    public static final Directive UNIXSOCKETPERM = declare(Directive.of(Kind.TEXT, "unixsocketperm", "0")
            .fixed()
            .build("network", "Octal permissions of the unix socket; 0 leaves them to the umask."));

    /** Connections that the kernel keeps until they are accepted. */
    public static final Directive TCP_BACKLOG = declare(Directive.of(Kind.INTEGER, "tcp-backlog", "511")
            .range(0, MAX_INT)
            .fixed()
            .build("network", "Connections that the kernel keeps until they are accepted."));

    /** Whether the kernel probes idle connections: 0 for no; its own interval applies. */
    public static final Directive TCP_KEEPALIVE = declare(Directive.of(Kind.INTEGER, "tcp-keepalive", "300")
            .range(0, MAX_INT)
            .build("network", "Whether the kernel probes idle connections: 0 for no; its own interval applies."));

    /** Seconds after which an idle client is disconnected; 0 for never. */
    public static final Directive TIMEOUT = declare(Directive.of(Kind.INTEGER, "timeout", "0")
            .range(0, MAX_INT)
            .build("network", "Seconds after which an idle client is disconnected; 0 for never."));

    /** Clients that may be connected at a time. */
    public static final Directive MAXCLIENTS = declare(Directive.of(Kind.INTEGER, "maxclients", "10000")
            .range(1, 4294967295L)
            .build("network", "Clients that may be connected at a time."));

    /** Without a password, turn away clients that are not on this machine. */
    public static final Directive PROTECTED_MODE = declare(Directive.of(Kind.YES_NO, "protected-mode", "yes")
            .build("network", "Without a password, turn away clients that are not on this machine."));

    /** How event loops wait for sockets; auto takes epoll where there is one, else nio. */
    public static final Directive IO_TRANSPORT = declare(Directive.of(Kind.CHOICE, "io-transport", "auto")
            .choices("auto", "epoll", "io_uring", "nio")
            .fixed()
            .build("network", "How event loops wait for sockets; auto takes epoll where there is one, else nio."));

    /** Event loops, which read, run and answer commands; 0 for one a core, 4 at most. */
    public static final Directive IO_THREADS = declare(Directive.of(Kind.INTEGER, "io-threads", "0")
            .range(0, 64)
            .fixed()
            .build("network", "Event loops, which read, run and answer commands; 0 for one a core, 4 at most."));

    /** Threads for commands that wait for the disk. */
    public static final Directive DISK_THREADS = declare(Directive.of(Kind.INTEGER, "disk-threads", "16")
            .range(1, 64)
            .fixed()
            .build("network", "Threads for commands that wait for the disk."));

    /** Bytes that one request may have; longer ones end the connection. */
    public static final Directive QUERY_LIMIT =
            declare(Directive.of(Kind.MEMORY, "client-query-buffer-limit", "1073741824")
                    .range(1048576, Long.MAX_VALUE)
                    .build("network", "Bytes that one request may have; longer ones end the connection."));

    /** Bytes that one argument may have. */
    public static final Directive MAX_BULK = declare(Directive.of(Kind.MEMORY, "proto-max-bulk-len", "536870912")
            .range(1048576, 2147483583)
            .build("network", "Bytes that one argument may have."));

    /** Limits of output buffers: class, hard, soft, seconds. */
    public static final Directive OUTPUT_LIMITS = declare(Directive.of(
                    Kind.OUTPUT_LIMITS,
                    "client-output-buffer-limit",
                    "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60")
            .effect(
                    "of the class pubsub only: another client that does not read is not read from, so its buffer is bounded anyway; replicas read the log, not a buffer")
            .build("network", "Limits of output buffers: class, hard, soft, seconds."));

    // ---- general

    /** Where rows are kept: on disk in RocksDB, or in memory. */
    public static final Directive ENGINE = declare(Directive.of(Kind.CHOICE, "engine", "rocksdb")
            .choices("rocksdb", "memory")
            .fixed()
            .build("general", "Where rows are kept: on disk in RocksDB, or in memory."));

    /** Number of databases; rocksdb keeps what it was created with as the least. */
    public static final Directive DATABASES = declare(Directive.of(Kind.INTEGER, "databases", "16")
            .range(1, 255)
            .fixed()
            .build("general", "Number of databases; rocksdb keeps what it was created with as the least."));

    /** The data directory: everything the server writes is below it. */
    public static final Directive DIR = declare(Directive.of(Kind.TEXT, "dir", ".")
            .fixed()
            .build("general", "The data directory: everything the server writes is below it."));

    /** How much is logged. */
    public static final Directive LOGLEVEL = declare(Directive.of(Kind.CHOICE, "loglevel", "notice")
            .choices("debug", "verbose", "notice", "warning")
            .build("general", "How much is logged."));

    /** File to log to; empty for standard output. */
    public static final Directive LOGFILE = declare(Directive.of(Kind.TEXT, "logfile", "")
            .fixed()
            .build("general", "File to log to; empty for standard output."));

    /** File for the process id, removed at exit. */
    public static final Directive PIDFILE = declare(Directive.of(Kind.TEXT, "pidfile", "")
            .fixed()
            .build("general", "File for the process id, removed at exit."));

    /** Redis's way into the background; yes is refused: use a service manager. */
    public static final Directive DAEMONIZE = declare(Directive.of(Kind.YES_NO, "daemonize", "no")
            .fixed()
            .build("general", "Redis's way into the background; yes is refused: use a service manager."));

    /** How a service manager is told; the server stays in the foreground either way. */
    public static final Directive SUPERVISED = declare(Directive.of(Kind.CHOICE, "supervised", "no")
            .choices("no", "auto", "upstart", "systemd")
            .fixed()
            .effect("accepted")
            .build("general", "How a service manager is told; the server stays in the foreground either way."));

    /** Redis's logo. */
    public static final Directive ALWAYS_SHOW_LOGO = declare(Directive.of(Kind.YES_NO, "always-show-logo", "no")
            .fixed()
            .effect("accepted: there is none")
            .build("general", "Redis's logo."));

    /** Who may call DEBUG: nobody, everybody, or clients on this machine. */
    public static final Directive ENABLE_DEBUG = declare(Directive.of(Kind.CHOICE, "enable-debug-command", "no")
            .choices("no", "yes", "local")
            .fixed()
            .build("general", "Who may call DEBUG: nobody, everybody, or clients on this machine."));

    /** Frequency of Redis's background work. */
    public static final Directive HZ = declare(Directive.of(Kind.INTEGER, "hz", "10")
            .range(1, 500)
            .effect("accepted: background work here has its own rhythm")
            .build("general", "Frequency of Redis's background work."));

    /** Whether hz follows the number of clients. */
    public static final Directive DYNAMIC_HZ = declare(Directive.of(Kind.YES_NO, "dynamic-hz", "yes")
            .effect("accepted")
            .build("general", "Whether hz follows the number of clients."));

    // ---- log and durability

    /** Whether there is a write-ahead log; no only with engine memory, without durability and replication. */
    public static final Directive WAL = declare(
            Directive.of(Kind.YES_NO, "wal", "yes")
                    .fixed()
                    .build(
                            "log and durability",
                            "Whether there is a write-ahead log; no only with engine memory, without durability and replication."));

    /** When the log is synced: before each reply, each second, or when the system likes. */
    public static final Directive APPENDFSYNC = declare(Directive.of(Kind.CHOICE, "appendfsync", "everysec")
            .choices("always", "everysec", "no")
            .build(
                    "log and durability",
                    "When the log is synced: before each reply, each second, or when the system likes."));

    /** Size of the log's files. */
    public static final Directive WAL_SEGMENT_BYTES = declare(Directive.of(Kind.MEMORY, "wal-segment-bytes", "67108864")
            .range(1024, 1099511627776L)
            .fixed()
            .build("log and durability", "Size of the log's files."));

    /** Bytes of log to keep for replicas that were away; 0 keeps everything. */
    public static final Directive WAL_RETENTION_BYTES = declare(Directive.of(
                    Kind.MEMORY, "wal-retention-bytes", "4294967296")
            .build("log and durability", "Bytes of log to keep for replicas that were away; 0 keeps everything."));

    /** Age from which log beyond wal-retention-bytes may go; 0 keeps it however old it is, within the bytes. */
    public static final Directive WAL_RETENTION_SECONDS = declare(
            Directive.of(Kind.INTEGER, "wal-retention-seconds", "0")
                    .build(
                            "log and durability",
                            "Age from which log beyond wal-retention-bytes may go; 0 keeps it however old it is, within the bytes."));

    /** Log that a restart may have to replay: beyond, rows are flushed to disk. */
    public static final Directive WAL_REPLAY_BYTES = declare(Directive.of(Kind.MEMORY, "wal-replay-bytes", "67108864")
            .range(65536, 1125899906842624L)
            .fixed()
            .build("log and durability", "Log that a restart may have to replay: beyond, rows are flushed to disk."));

    /** Writes are refused while the data directory's disk has less left, and accepted again when it has more. */
    public static final Directive MIN_FREE = declare(
            Directive.of(Kind.MEMORY, "min-free-disk-bytes", "268435456")
                    .build(
                            "log and durability",
                            "Writes are refused while the data directory's disk has less left, and accepted again when it has more."));

    /** Redis's append-only file. */
    public static final Directive APPENDONLY = declare(Directive.of(Kind.YES_NO, "appendonly", "yes")
            .effect("accepted: the log is always on but with wal no")
            .build("log and durability", "Redis's append-only file."));

    /** Seconds and changes after which a snapshot is saved, in pairs; an empty string for never. */
    public static final Directive SAVE = declare(Directive.of(Kind.SAVE_POINTS, "save", "3600 1 300 100 60 10000")
            .effect("acted on with engine memory without a log only: otherwise nothing would be gained")
            .build(
                    "log and durability",
                    "Seconds and changes after which a snapshot is saved, in pairs; an empty string for never."));

    /** Name of snapshots that SAVE and BGSAVE write, in dir. */
    public static final Directive DBFILENAME = declare(Directive.of(Kind.TEXT, "dbfilename", "dump.rdb")
            .build("log and durability", "Name of snapshots that SAVE and BGSAVE write, in dir."));

    /** Snapshot to load into an empty data directory at the start. */
    public static final Directive LOAD_RDB = declare(Directive.of(Kind.TEXT, "load-rdb", "")
            .fixed()
            .build("log and durability", "Snapshot to load into an empty data directory at the start."));

    /** Whether long strings in snapshots are compressed. */
    public static final Directive RDBCOMPRESSION = declare(Directive.of(Kind.YES_NO, "rdbcompression", "yes")
            .build("log and durability", "Whether long strings in snapshots are compressed."));

    /** Whether snapshots carry a checksum. */
    public static final Directive RDBCHECKSUM = declare(Directive.of(Kind.YES_NO, "rdbchecksum", "yes")
            .fixed()
            .build("log and durability", "Whether snapshots carry a checksum."));

    /** Whether a failed background save stops writes in Redis. */
    public static final Directive STOP_WRITES = declare(Directive.of(Kind.YES_NO, "stop-writes-on-bgsave-error", "yes")
            .effect("accepted: durability does not depend on snapshots")
            .build("log and durability", "Whether a failed background save stops writes in Redis."));

    /** Of Redis's append-only file. */
    public static final Directive NO_FSYNC_REWRITE =
            declare(Directive.of(Kind.YES_NO, "no-appendfsync-on-rewrite", "no")
                    .effect("accepted: there is no rewrite")
                    .build("log and durability", "Of Redis's append-only file."));

    /** Of Redis's append-only file. */
    public static final Directive REWRITE_PERCENT =
            declare(Directive.of(Kind.INTEGER, "auto-aof-rewrite-percentage", "100")
                    .range(0, MAX_INT)
                    .effect("accepted: there is no rewrite")
                    .build("log and durability", "Of Redis's append-only file."));

    /** Of Redis's append-only file. */
    public static final Directive REWRITE_MIN =
            declare(Directive.of(Kind.MEMORY, "auto-aof-rewrite-min-size", "67108864")
                    .effect("accepted: there is no rewrite")
                    .build("log and durability", "Of Redis's append-only file."));

    /** Of Redis's append-only file. */
    public static final Directive AOF_PREAMBLE = declare(Directive.of(Kind.YES_NO, "aof-use-rdb-preamble", "yes")
            .effect("accepted")
            .build("log and durability", "Of Redis's append-only file."));

    /** Whether a torn tail of the log is cut at the start. */
    public static final Directive AOF_TRUNCATED = declare(Directive.of(Kind.YES_NO, "aof-load-truncated", "yes")
            .effect("accepted: a torn tail is always cut, damage before it never")
            .build("log and durability", "Whether a torn tail of the log is cut at the start."));

    /** Of Redis's append-only file. */
    public static final Directive APPENDFILENAME = declare(Directive.of(Kind.TEXT, "appendfilename", "appendonly.aof")
            .fixed()
            .effect("accepted")
            .build("log and durability", "Of Redis's append-only file."));

    /** Of Redis's append-only file. */
    public static final Directive APPENDDIRNAME = declare(Directive.of(Kind.TEXT, "appenddirname", "appendonlydir")
            .fixed()
            .effect("accepted")
            .build("log and durability", "Of Redis's append-only file."));

    // ---- rocksdb

    /** Memory for RocksDB's blocks, indexes, filters and memtables; 0 for a share of the machine's memory. */
    public static final Directive ROCKS_BLOCK_CACHE = declare(
            Directive.of(Kind.MEMORY, "rocksdb-block-cache-bytes", "0")
                    .fixed()
                    .build(
                            "rocksdb",
                            "Memory for RocksDB's blocks, indexes, filters and memtables; 0 for a share of the machine's memory."));

    /** Cache of hot rows outside the heap; 0 for a share of the memory. */
    public static final Directive ROCKS_ROW_CACHE = declare(Directive.of(Kind.MEMORY, "rocksdb-row-cache-bytes", "0")
            .fixed()
            .build("rocksdb", "Cache of hot rows outside the heap; 0 for a share of the memory."));

    /** Size at which a memtable is flushed; 0 for a share of the machine's memory. */
    public static final Directive ROCKS_MEMTABLE = declare(Directive.of(Kind.MEMORY, "rocksdb-write-buffer-bytes", "0")
            .fixed()
            .build("rocksdb", "Size at which a memtable is flushed; 0 for a share of the machine's memory."));

    /** Threads for flushes and compactions; 0 for one a processor, 2 at least. */
    public static final Directive ROCKS_JOBS = declare(Directive.of(Kind.INTEGER, "rocksdb-background-jobs", "0")
            .range(0, 64)
            .fixed()
            .build("rocksdb", "Threads for flushes and compactions; 0 for one a processor, 2 at least."));

    /** Limit of what flushes and compactions write; 0 for none. */
    public static final Directive ROCKS_RATE =
            declare(Directive.of(Kind.MEMORY, "rocksdb-background-bytes-per-second", "0")
                    .fixed()
                    .build("rocksdb", "Limit of what flushes and compactions write; 0 for none."));

    /** Size of a block of rows before compression. */
    public static final Directive ROCKS_BLOCK = declare(Directive.of(Kind.MEMORY, "rocksdb-block-bytes", "16384")
            .range(1024, 1 << 20)
            .fixed()
            .build("rocksdb", "Size of a block of rows before compression."));

    /** Compression of rows on disk. */
    public static final Directive ROCKS_COMPRESSION = declare(Directive.of(Kind.CHOICE, "rocksdb-compression", "lz4")
            .choices("none", "lz4", "zstd")
            .fixed()
            .build("rocksdb", "Compression of rows on disk."));

    /** Whether reads bypass the page cache. */
    public static final Directive ROCKS_DIRECT_READS = declare(Directive.of(Kind.YES_NO, "rocksdb-direct-reads", "no")
            .fixed()
            .build("rocksdb", "Whether reads bypass the page cache."));

    /** Further options of column families in RocksDB's words: name=value;name=value. */
    public static final Directive ROCKS_FAMILY_OPTIONS = declare(Directive.of(Kind.TEXT, "rocksdb-family-options", "")
            .fixed()
            .build("rocksdb", "Further options of column families in RocksDB's words: name=value;name=value."));

    /** Further options of the database in RocksDB's words: name=value;name=value. */
    public static final Directive ROCKS_DATABASE_OPTIONS =
            declare(Directive.of(Kind.TEXT, "rocksdb-database-options", "")
                    .fixed()
                    .build("rocksdb", "Further options of the database in RocksDB's words: name=value;name=value."));

    // ---- replication

    /** Host and port of the primary to follow; no one for none. */
    public static final Directive REPLICAOF = declare(Directive.of(Kind.WORDS, "replicaof", "")
            .aliases("slaveof")
            .fixed()
            .build("replication", "Host and port of the primary to follow; no one for none."));

    /** User to log in to the primary as. */
    public static final Directive MASTERUSER = declare(
            Directive.of(Kind.TEXT, "masteruser", "").build("replication", "User to log in to the primary as."));

    /** Password to log in to the primary with. */
    public static final Directive MASTERAUTH = declare(
            Directive.of(Kind.TEXT, "masterauth", "").build("replication", "Password to log in to the primary with."));

    /** Whether a replica answers while it has no link to its primary. */
    public static final Directive SERVE_STALE = declare(Directive.of(Kind.YES_NO, "replica-serve-stale-data", "yes")
            .aliases("slave-serve-stale-data")
            .build("replication", "Whether a replica answers while it has no link to its primary."));

    /** Whether a replica refuses writes of clients. */
    public static final Directive REPLICA_READ_ONLY = declare(Directive.of(Kind.YES_NO, "replica-read-only", "yes")
            .aliases("slave-read-only")
            .effect("a replica always refuses them: its log is its primary's, byte for byte")
            .build("replication", "Whether a replica refuses writes of clients."));

    /** Rank for Sentinel's choice of a new primary, lowest first; 0 for never. */
    public static final Directive REPLICA_PRIORITY = declare(Directive.of(Kind.INTEGER, "replica-priority", "100")
            .aliases("slave-priority")
            .range(0, MAX_INT)
            .build("replication", "Rank for Sentinel's choice of a new primary, lowest first; 0 for never."));

    /** Whether Sentinel tells clients of this replica. */
    public static final Directive REPLICA_ANNOUNCED = declare(Directive.of(Kind.YES_NO, "replica-announced", "yes")
            .build("replication", "Whether Sentinel tells clients of this replica."));

    /** Address to tell the primary instead of the connection's. */
    public static final Directive ANNOUNCE_IP = declare(Directive.of(Kind.TEXT, "replica-announce-ip", "")
            .aliases("slave-announce-ip")
            .build("replication", "Address to tell the primary instead of the connection's."));

    /** Port to tell the primary instead of the real one. */
    public static final Directive ANNOUNCE_PORT = declare(Directive.of(Kind.INTEGER, "replica-announce-port", "0")
            .aliases("slave-announce-port")
            .range(0, 65535)
            .build("replication", "Port to tell the primary instead of the real one."));

    /** Seconds between pings to replicas. */
    public static final Directive REPL_PING = declare(Directive.of(Kind.INTEGER, "repl-ping-replica-period", "10")
            .aliases("repl-ping-slave-period")
            .range(1, MAX_INT)
            .build("replication", "Seconds between pings to replicas."));

    /** Seconds of silence after which a replication link is given up. */
    public static final Directive REPL_TIMEOUT = declare(Directive.of(Kind.INTEGER, "repl-timeout", "60")
            .range(1, MAX_INT)
            .build("replication", "Seconds of silence after which a replication link is given up."));

    /** Whether the link to replicas waits to fill packets. */
    public static final Directive REPL_NODELAY = declare(Directive.of(Kind.YES_NO, "repl-disable-tcp-nodelay", "no")
            .build("replication", "Whether the link to replicas waits to fill packets."));

    /** Whether snapshots go straight to replicas. */
    public static final Directive REPL_DISKLESS = declare(Directive.of(Kind.YES_NO, "repl-diskless-sync", "yes")
            .effect("accepted: always so")
            .build("replication", "Whether snapshots go straight to replicas."));

    /** Seconds to wait for more replicas before a snapshot is sent. */
    public static final Directive REPL_DELAY = declare(Directive.of(Kind.INTEGER, "repl-diskless-sync-delay", "5")
            .range(0, MAX_INT)
            .effect("accepted: replicas share a checkpoint without waiting")
            .build("replication", "Seconds to wait for more replicas before a snapshot is sent."));

    /** How a replica loads a snapshot. */
    public static final Directive REPL_LOAD = declare(Directive.of(Kind.CHOICE, "repl-diskless-load", "disabled")
            .choices("disabled", "on-empty-db", "swapdb")
            .effect("accepted: always beside the data in use, which stay until the load is complete")
            .build("replication", "How a replica loads a snapshot."));

    /** Bytes kept for replicas that were away. */
    public static final Directive REPL_BACKLOG = declare(Directive.of(Kind.MEMORY, "repl-backlog-size", "1048576")
            .range(1, Long.MAX_VALUE)
            .effect("accepted: the log is the backlog, see wal-retention-bytes")
            .build("replication", "Bytes kept for replicas that were away."));

    /** Seconds without replicas after which Redis frees its backlog. */
    public static final Directive REPL_BACKLOG_TTL = declare(Directive.of(Kind.INTEGER, "repl-backlog-ttl", "3600")
            .effect("accepted: the log is kept")
            .build("replication", "Seconds without replicas after which Redis frees its backlog."));

    /** Log bytes kept for one connected replica. */
    public static final Directive REPL_LOG_MAX = declare(Directive.of(Kind.MEMORY, "repl-log-bytes-max", "17179869184")
            .build(
                    "replication",
                    "Log kept for one connected replica at most; one that is further behind is dropped."));

    /** Replicas that must be online for writes to be accepted. */
    public static final Directive MIN_REPLICAS = declare(Directive.of(Kind.INTEGER, "min-replicas-to-write", "0")
            .aliases("min-slaves-to-write")
            .range(0, MAX_INT)
            .build("replication", "Replicas that must be online for writes to be accepted."));

    /** Seconds since its last acknowledgement within which a replica counts as online. */
    public static final Directive MIN_REPLICAS_LAG = declare(Directive.of(Kind.INTEGER, "min-replicas-max-lag", "10")
            .aliases("min-slaves-max-lag")
            .range(0, MAX_INT)
            .build("replication", "Seconds since its last acknowledgement within which a replica counts as online."));

    // ---- security

    /** Password that clients must log in with; empty for none. */
    public static final Directive REQUIREPASS = declare(Directive.of(Kind.TEXT, "requirepass", "")
            .build("security", "Password that clients must log in with; empty for none."));

    // ---- memory and keys

    /** Bytes that keys may take with engine memory; with rocksdb the size of its caches, at the start. 0 for no limit. */
    public static final Directive MAXMEMORY = declare(
            Directive.of(Kind.MEMORY, "maxmemory", "0")
                    .build(
                            "memory and keys",
                            "Bytes that keys may take with engine memory; with rocksdb the size of its caches, at the start. 0 for no limit."));

    /** Which keys go, with engine memory, when there are too many. */
    public static final Directive MAXMEMORY_POLICY = declare(Directive.of(Kind.CHOICE, "maxmemory-policy", "noeviction")
            .choices(
                    "noeviction",
                    "allkeys-lru",
                    "allkeys-lfu",
                    "allkeys-random",
                    "volatile-lru",
                    "volatile-lfu",
                    "volatile-random",
                    "volatile-ttl")
            .build("memory and keys", "Which keys go, with engine memory, when there are too many."));

    /** Keys of a database among which the one to go is chosen. */
    public static final Directive MAXMEMORY_SAMPLES = declare(Directive.of(Kind.INTEGER, "maxmemory-samples", "5")
            .range(1, 64)
            .build("memory and keys", "Keys of a database among which the one to go is chosen."));

    /** How hard Redis tries to evict at a time. */
    public static final Directive MAXMEMORY_TENACITY =
            declare(Directive.of(Kind.INTEGER, "maxmemory-eviction-tenacity", "10")
                    .range(0, 100)
                    .effect("accepted: 2 milliseconds at a time")
                    .build("memory and keys", "How hard Redis tries to evict at a time."));

    /** Whether replicas leave it to their primary what goes. */
    public static final Directive REPLICA_IGNORE_MAXMEMORY =
            declare(Directive.of(Kind.YES_NO, "replica-ignore-maxmemory", "yes")
                    .aliases("slave-ignore-maxmemory")
                    .effect("accepted: always so")
                    .build("memory and keys", "Whether replicas leave it to their primary what goes."));

    /** How fast the counter of uses of a key grows: the higher, the slower. */
    public static final Directive LFU_LOG_FACTOR = declare(Directive.of(Kind.INTEGER, "lfu-log-factor", "10")
            .range(0, MAX_INT)
            .build("memory and keys", "How fast the counter of uses of a key grows: the higher, the slower."));

    /** Minutes after which the counter of uses of a key is one less; 0 for never. */
    public static final Directive LFU_DECAY_TIME = declare(Directive.of(Kind.INTEGER, "lfu-decay-time", "1")
            .range(0, MAX_INT)
            .build("memory and keys", "Minutes after which the counter of uses of a key is one less; 0 for never."));

    /** Whether expired keys go to replicas as UNLINK rather than DEL. */
    public static final Directive LAZY_EXPIRE = declare(Directive.of(Kind.YES_NO, "lazyfree-lazy-expire", "no")
            .build("memory and keys", "Whether expired keys go to replicas as UNLINK rather than DEL."));

    /** Whether evicted keys go to replicas as UNLINK rather than DEL. */
    public static final Directive LAZY_EVICTION = declare(Directive.of(Kind.YES_NO, "lazyfree-lazy-eviction", "no")
            .build("memory and keys", "Whether evicted keys go to replicas as UNLINK rather than DEL."));

    /** Whether overwritten values are freed in the background. */
    public static final Directive LAZY_SERVER_DEL = declare(Directive.of(Kind.YES_NO, "lazyfree-lazy-server-del", "no")
            .effect("accepted: always so")
            .build("memory and keys", "Whether overwritten values are freed in the background."));

    /** Whether DEL frees values in the background. */
    public static final Directive LAZY_USER_DEL = declare(Directive.of(Kind.YES_NO, "lazyfree-lazy-user-del", "no")
            .effect("accepted: always so")
            .build("memory and keys", "Whether DEL frees values in the background."));

    /** Whether FLUSHALL frees values in the background. */
    public static final Directive LAZY_USER_FLUSH = declare(Directive.of(Kind.YES_NO, "lazyfree-lazy-user-flush", "no")
            .effect("accepted: always so")
            .build("memory and keys", "Whether FLUSHALL frees values in the background."));

    /** Whether a replica frees old data in the background. */
    public static final Directive REPLICA_LAZY_FLUSH = declare(Directive.of(Kind.YES_NO, "replica-lazy-flush", "no")
            .aliases("slave-lazy-flush")
            .effect("accepted: always so")
            .build("memory and keys", "Whether a replica frees old data in the background."));

    /** Effort of the deletion of expired keys. */
    public static final Directive EXPIRE_EFFORT = declare(Directive.of(Kind.INTEGER, "active-expire-effort", "1")
            .range(1, 10)
            .effect("accepted: due keys are found by time, without sampling")
            .build("memory and keys", "Effort of the deletion of expired keys."));

    /** Key events to publish: letters for their classes, and K or E for the channels; empty for none. */
    public static final Directive NOTIFY_EVENTS = declare(Directive.of(Kind.EVENTS, "notify-keyspace-events", "")
            .build(
                    "memory and keys",
                    "Key events to publish: letters for their classes, and K or E for the channels; empty for none."));

    // ---- encodings

    /** Fields up to which a hash is packed into one row. */
    public static final Directive HASH_ENTRIES = declare(Directive.of(Kind.INTEGER, "hash-max-listpack-entries", "512")
            .aliases("hash-max-ziplist-entries")
            .range(0, MAX_INT)
            .build("encodings", "Fields up to which a hash is packed into one row."));

    /** Bytes of a field or value up to which a hash is packed. */
    public static final Directive HASH_VALUE = declare(Directive.of(Kind.INTEGER, "hash-max-listpack-value", "64")
            .aliases("hash-max-ziplist-value")
            .range(0, MAX_INT)
            .build("encodings", "Bytes of a field or value up to which a hash is packed."));

    /** Items, or with -1 to -5 bytes of 4 kb to 64 kb, up to which a list is packed. */
    public static final Directive LIST_SIZE = declare(Directive.of(Kind.INTEGER, "list-max-listpack-size", "-2")
            .aliases("list-max-ziplist-size")
            .range(-5, MAX_INT)
            .build("encodings", "Items, or with -1 to -5 bytes of 4 kb to 64 kb, up to which a list is packed."));

    /** Compression of Redis's lists. */
    public static final Directive LIST_DEPTH = declare(Directive.of(Kind.INTEGER, "list-compress-depth", "0")
            .range(0, MAX_INT)
            .effect("accepted: rows are compressed by RocksDB")
            .build("encodings", "Compression of Redis's lists."));

    /** Members up to which a set of integers is an intset. */
    public static final Directive SET_INTSET = declare(Directive.of(Kind.INTEGER, "set-max-intset-entries", "512")
            .range(0, MAX_INT)
            .build("encodings", "Members up to which a set of integers is an intset."));

    /** Members up to which a sorted set is packed. */
    public static final Directive ZSET_ENTRIES = declare(Directive.of(Kind.INTEGER, "zset-max-listpack-entries", "128")
            .aliases("zset-max-ziplist-entries")
            .range(0, MAX_INT)
            .build("encodings", "Members up to which a sorted set is packed."));

    /** Bytes of a member up to which a sorted set is packed. */
    public static final Directive ZSET_VALUE = declare(Directive.of(Kind.INTEGER, "zset-max-listpack-value", "64")
            .aliases("zset-max-ziplist-value")
            .range(0, MAX_INT)
            .build("encodings", "Bytes of a member up to which a sorted set is packed."));

    /** Bytes of a node of Redis's streams. */
    public static final Directive STREAM_NODE_BYTES = declare(Directive.of(Kind.MEMORY, "stream-node-max-bytes", "4096")
            .effect("accepted: entries are rows of their own")
            .build("encodings", "Bytes of a node of Redis's streams."));

    /** Entries of a stream that are trimmed together when that is left to the server. */
    public static final Directive STREAM_NODE_ENTRIES = declare(Directive.of(
                    Kind.INTEGER, "stream-node-max-entries", "100")
            .range(0, MAX_INT)
            .build("encodings", "Entries of a stream that are trimmed together when that is left to the server."));

    /** Bytes up to which a HyperLogLog is sparse. */
    public static final Directive HLL_SPARSE = declare(Directive.of(Kind.MEMORY, "hll-sparse-max-bytes", "3000")
            .build("encodings", "Bytes up to which a HyperLogLog is sparse."));

    /** Of Redis's hash tables. */
    public static final Directive ACTIVE_REHASHING = declare(Directive.of(Kind.YES_NO, "activerehashing", "yes")
            .effect("accepted")
            .build("encodings", "Of Redis's hash tables."));

    // ---- diagnosis

    /** Microseconds from which a command goes to the slow log; negative for never. */
    public static final Directive SLOWLOG_THAN = declare(Directive.of(Kind.INTEGER, "slowlog-log-slower-than", "10000")
            .range(-1, Long.MAX_VALUE)
            .build("diagnosis", "Microseconds from which a command goes to the slow log; negative for never."));

    /** Commands that the slow log keeps. */
    public static final Directive SLOWLOG_LEN = declare(Directive.of(Kind.INTEGER, "slowlog-max-len", "128")
            .range(0, MAX_INT)
            .build("diagnosis", "Commands that the slow log keeps."));

    /** Of Redis's latency monitor. */
    public static final Directive LATENCY = declare(Directive.of(Kind.INTEGER, "latency-monitor-threshold", "0")
            .effect("accepted")
            .build("diagnosis", "Of Redis's latency monitor."));

    /** Milliseconds after which a script counts as busy. */
    public static final Directive LUA_LIMIT = declare(Directive.of(Kind.INTEGER, "busy-reply-threshold", "5000")
            .aliases("lua-time-limit")
            .range(0, MAX_INT)
            .build("diagnosis", "Milliseconds after which a script counts as busy."));

    // ---- cluster

    /** Cluster mode; yes is refused. */
    public static final Directive CLUSTER = declare(Directive.of(Kind.YES_NO, "cluster-enabled", "no")
            .fixed()
            .build("cluster", "Cluster mode; yes is refused."));

    /** All of them, in the order of the documentation. */
    public static final List<Directive> ALL = Collections.unmodifiableList(DECLARED);

    private Directives() {}

    private static Directive declare(Directive directive) {
        DECLARED.add(directive);
        return directive;
    }
}
