package io.cairn.engine;

import io.cairn.engine.keyspace.Limits;
import io.cairn.engine.rows.RocksOptions;
import io.cairn.wal.WalOptions;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What an engine is opened with.
 *
 * <p><i>Immutable.</i>
 *
 * @param directory the node's data directory
 * @param memory keep rows in memory rather than in RocksDB
 * @param log whether there is a log; only in memory mode it may be false
 * @param databases number of databases, 1 to 255
 * @param wal how the log is kept
 * @param rocks how RocksDB is set up
 * @param replayBytesMax log bytes that a restart may have to replay: beyond, the rows are flushed
 * @param minFreeBytes writes are refused while the file system has less left
 * @param wallMillis wall clock, Unix milliseconds
 * @param newId makes replication ids: 40 hex digits
 * @param limits thresholds of encodings, from the first command on that recovery runs
 */
public record EngineOptions(
        Path directory,
        boolean memory,
        boolean log,
        int databases,
        WalOptions wal,
        RocksOptions rocks,
        long replayBytesMax,
        long minFreeBytes,
        LongSupplier wallMillis,
        Supplier<String> newId,
        Limits limits) {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Checks what cannot be. */
    public EngineOptions {
        if (!memory && !log) {
            throw new IllegalArgumentException("RocksDB rows need the log: wal no goes with engine memory only");
        }
        if (databases < 1 || databases > 255) {
            throw new IllegalArgumentException("databases must be 1 to 255, not " + databases);
        }
    }

    /** Disk mode with the defaults. */
    public static EngineOptions defaults(Path directory) {
        return new EngineOptions(
                directory,
                false,
                true,
                16,
                WalOptions.defaults(),
                RocksOptions.defaults(),
                64L << 20,
                256L << 20,
                System::currentTimeMillis,
                EngineOptions::randomId,
                Limits.DEFAULT);
    }

    /** The same, in memory, with or without a log. */
    public EngineOptions inMemory(boolean withLog) {
        return new EngineOptions(
                directory,
                true,
                withLog,
                databases,
                wal,
                rocks,
                replayBytesMax,
                minFreeBytes,
                wallMillis,
                newId,
                limits);
    }

    /** A fresh replication id. */
    public static String randomId() {
        byte[] bytes = new byte[20];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
