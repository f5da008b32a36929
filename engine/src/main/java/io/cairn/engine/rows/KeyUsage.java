package io.cairn.engine.rows;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a store in memory knows beside its rows: how keys are used, and how much memory everything takes.
 *
 * <p><i>Thread-safe.</i>
 */
public interface KeyUsage {
    /** A key drawn at random, its row, and how it is used. */
    record Sample(byte[] key, byte[] row, int usage) {}

    /** Bytes of all rows, with an estimate of what it takes to keep them. */
    long bytes();

    /** Bytes of the rows under a version. */
    long bytesOf(long version);

    /** Of the clock by which usage is told. */
    UsageClock clock();

    /** How a key is used; null if there is none. */
    @Nullable
    Integer usage(int hash, int namespace, byte[] key);

    /** Changes how a key is used. */
    void usage(int hash, int namespace, byte[] key, int next);

    /** A key of a namespace; null if none was found. */
    @Nullable
    Sample random(int namespace, RandomGenerator random);
}
