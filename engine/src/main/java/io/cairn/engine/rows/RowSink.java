package io.cairn.engine.rows;

/**
 * Takes batches of rows: a store in use, or one that is being made.
 *
 * <p><i>Confined to the writing thread.</i>
 */
public interface RowSink {
    /** An empty batch for this sink. */
    RowBatch newBatch();

    /** Takes what is in the batch. */
    void write(RowBatch batch);
}
