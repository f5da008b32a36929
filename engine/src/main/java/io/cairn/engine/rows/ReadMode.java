package io.cairn.engine.rows;

/**
 * How far a read may go for its answer.
 *
 * <p><i>Immutable.</i>
 */
public enum ReadMode {
    /** Only what is in memory; what is not there throws {@link WouldBlockException}. For event loops. */
    MEMORY,
    /** Wait for the disk. For the {@code disk}, {@code link}, {@code snapshot} and {@code janitor} threads. */
    DISK
}
