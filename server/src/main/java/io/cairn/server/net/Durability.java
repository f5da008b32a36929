package io.cairn.server.net;

/**
 * Which replies must wait for the disk: with {@code appendfsync always} those up to a log position not yet durable.
 *
 * <p><i>Thread-safe.</i>
 */
public interface Durability {
    /** Replies never wait. */
    Durability NONE = new Durability() {
        @Override
        public boolean isReached(long gate) {
            return true;
        }

        @Override
        public boolean hasFailed() {
            return false;
        }

        @Override
        public void request(long gate) {
            // always reached
        }
    };

    /** Whether replies that wait for the position may be sent. */
    boolean isReached(long gate);

    /** Whether the log has failed: no further position will be reached. */
    boolean hasFailed();

    /** Asks to reach the position soon; {@link Loop#durable()} is called when it is. */
    void request(long gate);
}
