package io.cairn.server.command;

/**
 * The client behind a call, as far as handlers of data commands may know it; connection commands see the session itself.
 *
 * <p><i>Confined to the session's event loop thread.</i>
 */
public interface Caller {
    /** RESP version of the connection, 2 or 3: some commands shape their reply by it. */
    int protocol();

    /** Whether a command may wait for what it does not find: not inside of a transaction. */
    default boolean mayWait() {
        return false;
    }

    /** Whether the command is a script's. */
    default boolean isScript() {
        return false;
    }

    /** Remembers where a keyspace iteration stands; returns the cursor to reply (never 0). */
    long rememberCursor(int db, byte[] lastKey);

    /** The key that {@link #rememberCursor} was given, or null if the cursor is unknown (the iteration starts over). */
    byte @org.jspecify.annotations.Nullable [] recallCursor(int db, long cursor);
}
