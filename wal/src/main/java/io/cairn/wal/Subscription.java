package io.cairn.wal;

/**
 * A listener's registration; closing it ends the calls, closing it again does nothing.
 *
 * <p><i>Thread-safe.</i>
 */
public interface Subscription extends AutoCloseable {
    @Override
    void close();
}
