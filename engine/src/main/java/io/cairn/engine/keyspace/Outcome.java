package io.cairn.engine.keyspace;

/**
 * Told once what became of what a turn did for somebody other than its caller.
 *
 * <p>Called when the turn's stripes are free again; must be cheap and must not throw.
 *
 * <p><i>Confined to the turn's thread.</i>
 */
public interface Outcome {
    /**
     * It is committed.
     *
     * @param offset position of the log that must be durable before anybody is told, under {@code appendfsync always}
     */
    void committed(long offset);

    /** Nothing of it is visible. */
    void failed(String error);
}
