package io.cairn.wal;

/**
 * A listener's registration; closing it ends the calls. Closing twice does nothing.
 *
 * <p><i>Thread-safe.</i>
 */
public interface Subscription extends AutoCloseable {
    @Override
    void close();
}
