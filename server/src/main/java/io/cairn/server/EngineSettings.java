package io.cairn.server;

import io.cairn.engine.Engine;
import io.cairn.engine.EngineOptions;
import io.cairn.engine.Evictor;
import io.cairn.engine.keyspace.KeyspaceHandle;
import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.rows.RocksOptions;
import io.cairn.engine.rows.UsageClock;
import io.cairn.server.config.ConfigException;
import io.cairn.server.config.Configuration;
import io.cairn.server.config.Directive;
import io.cairn.server.config.Directives;
import io.cairn.wal.SyncPolicy;
import io.cairn.wal.Wal;
import io.cairn.wal.WalOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the configuration says to the engine: at its start, and while it runs. */
final class EngineSettings {
    private static final long CACHE_BYTES_LEAST = 8L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(EngineSettings.class);

    private final Configuration configuration;

    EngineSettings(Configuration configuration) {
        this.configuration = configuration;
    }

    EngineOptions options() {
        WalOptions wal = WalOptions.defaults()
                .withSegmentBytes(number(Directives.WAL_SEGMENT_BYTES))
                .withRetention(number(Directives.WAL_RETENTION_BYTES), retentionMillis())
                .withPolicy(policy(configuration.text(Directives.APPENDFSYNC)));
        return new EngineOptions(
                Path.of(configuration.text(Directives.DIR)).toAbsolutePath().normalize(),
                isInMemory(),
                configuration.isYes(Directives.WAL),
                (int) number(Directives.DATABASES),
                wal,
                rocks(),
                number(Directives.WAL_REPLAY_BYTES),
                number(Directives.MIN_FREE),
                System::currentTimeMillis,
                EngineOptions::randomId,
                limits());
    }

    private boolean isInMemory() {
        return configuration.text(Directives.ENGINE).equals("memory");
    }

    private RocksOptions rocks() {
        RocksOptions machine = RocksOptions.defaults();
        long caches = number(Directives.MAXMEMORY);
        return new RocksOptions(
                orElse(
                        Directives.ROCKS_BLOCK_CACHE,
                        caches == 0 ? machine.blockCacheBytes() : Math.max(CACHE_BYTES_LEAST, caches / 4 * 3)),
                orElse(
                        Directives.ROCKS_ROW_CACHE,
                        caches == 0 ? machine.rowCacheBytes() : Math.max(CACHE_BYTES_LEAST, caches / 4)),
                orElse(Directives.ROCKS_MEMTABLE, machine.writeBufferBytes()),
                (int) orElse(Directives.ROCKS_JOBS, machine.backgroundJobs()),
                number(Directives.ROCKS_RATE),
                (int) number(Directives.ROCKS_BLOCK),
                RocksOptions.Compression.named(configuration.text(Directives.ROCKS_COMPRESSION)),
                configuration.isYes(Directives.ROCKS_DIRECT_READS),
                machine.maxOpenFiles(),
                configuration.text(Directives.ROCKS_FAMILY_OPTIONS),
                configuration.text(Directives.ROCKS_DATABASE_OPTIONS));
    }

    private long number(Directive directive) {
        return configuration.number(directive);
    }

    /** A size of which 0 means the machine's default. */
    private long orElse(Directive directive, long otherwise) {
        long configured = number(directive);
        return configured == 0 ? otherwise : configured;
    }

    private long retentionMillis() {
        return TimeUnit.SECONDS.toMillis(number(Directives.WAL_RETENTION_SECONDS));
    }

    private static SyncPolicy policy(String name) {
        return SyncPolicy.valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Makes changes of the configuration count. */
    void follow(Engine engine) {
        KeyspaceHandle handle = engine.handle();
        configuration.follow(Directives.LAZY_EXPIRE, value -> handle.lazyExpire(value.equals("yes")));
        for (Directive eviction : new Directive[] {
            Directives.MAXMEMORY,
            Directives.MAXMEMORY_POLICY,
            Directives.MAXMEMORY_SAMPLES,
            Directives.LAZY_EVICTION,
            Directives.LFU_LOG_FACTOR,
            Directives.LFU_DECAY_TIME
        }) {
            configuration.follow(eviction, value -> evict(engine));
        }
        long sizedFor = number(Directives.MAXMEMORY);
        configuration.follow(Directives.MAXMEMORY, value -> {
            // RocksDB's Java interface cannot resize its cache of blocks.
            if (Long.parseLong(value) != sizedFor && !isInMemory()) {
                LOG.warn(
                        "maxmemory sizes caches when the server starts: restart it maxmemory={} in_use={}",
                        value,
                        sizedFor);
            }
        });
        for (Directive limit : new Directive[] {
            Directives.HASH_ENTRIES,
            Directives.HASH_VALUE,
            Directives.SET_INTSET,
            Directives.ZSET_ENTRIES,
            Directives.ZSET_VALUE,
            Directives.LIST_SIZE,
            Directives.HLL_SPARSE,
            Directives.MAX_BULK,
            Directives.STREAM_NODE_ENTRIES
        }) {
            configuration.follow(limit, value -> handle.limits(limits()));
        }
        configuration.follow(Directives.MIN_FREE, value -> engine.janitor().minFreeBytes(Long.parseLong(value)));
        configuration.follow(Directives.APPENDFSYNC, value -> sync(engine, policy(value)));
        configuration.follow(Directives.WAL_RETENTION_BYTES, value -> retain(engine));
        configuration.follow(Directives.WAL_RETENTION_SECONDS, value -> retain(engine));
    }

    private void evict(Engine engine) {
        String policy = configuration.text(Directives.MAXMEMORY_POLICY);
        Evictor.Order order = switch (policy.substring(policy.indexOf('-') + 1)) {
            case "lru" -> Evictor.Order.LAST_USED;
            case "lfu" -> Evictor.Order.LEAST_USED;
            case "random" -> Evictor.Order.RANDOM;
            case "ttl" -> Evictor.Order.SOONEST_EXPIRY;
            default -> Evictor.Order.NONE;
        };
        engine.handle()
                .usageForm(new UsageClock.Form(
                        order == Evictor.Order.LEAST_USED, (int) number(Directives.LFU_LOG_FACTOR), (int)
                                number(Directives.LFU_DECAY_TIME)));
        engine.evictor()
                .settings(new Evictor.Settings(
                        number(Directives.MAXMEMORY),
                        order,
                        policy.startsWith("volatile"),
                        (int) number(Directives.MAXMEMORY_SAMPLES),
                        configuration.isYes(Directives.LAZY_EVICTION)));
    }

    private Limits limits() {
        return new Limits(
                (int) number(Directives.HASH_ENTRIES),
                (int) number(Directives.HASH_VALUE),
                (int) number(Directives.SET_INTSET),
                (int) number(Directives.ZSET_ENTRIES),
                (int) number(Directives.ZSET_VALUE),
                (int) number(Directives.LIST_SIZE),
                number(Directives.HLL_SPARSE),
                number(Directives.MAX_BULK),
                (int) number(Directives.STREAM_NODE_ENTRIES));
    }

    private static void sync(Engine engine, SyncPolicy policy) {
        Wal wal = engine.wal();
        if (wal != null) {
            try {
                wal.policy(policy);
            } catch (IOException e) {
                throw new ConfigException("the log could not take on the policy: " + e.getMessage());
            }
        }
    }

    private void retain(Engine engine) {
        Wal wal = engine.wal();
        if (wal != null) {
            wal.retention(number(Directives.WAL_RETENTION_BYTES), retentionMillis());
        }
    }
}
