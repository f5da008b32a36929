package io.cairn.engine.keyspace;

/**
 * Told of keys that were changed by turns which serve no clients that wait: those of a replica's applier, and of expiry.
 *
 * <p><i>Thread-safe.</i>
 */
public interface ChangeListener {
    /** Nobody listens. */
    ChangeListener NONE = new ChangeListener() {
        @Override
        public boolean listens() {
            return false;
        }

        @Override
        public void changed(int db, byte[] key) {
            // nobody asked
        }
    };

    /** Whether it wants to be told now. */
    boolean listens();

    /** A key was changed; called under the commit lock, must be cheap. */
    void changed(int db, byte[] key);
}
