package io.cairn.server.command;

import java.util.Locale;

/**
 * Properties of a command, under the names that COMMAND INFO gives them.
 *
 * <p><i>Immutable.</i>
 */
public enum Flag {
    WRITE,
    READONLY,
    DENYOOM,
    ADMIN,
    PUBSUB,
    NOSCRIPT,
    BLOCKING,
    LOADING,
    STALE,
    SKIP_MONITOR,
    SKIP_SLOWLOG,
    ASKING,
    FAST,
    NO_AUTH,
    /** Changes nothing that clients see, but may go into the log (PUBLISH, PFCOUNT). Not shown, as in Redis 7.0. */
    MAY_REPLICATE,
    NO_ASYNC_LOADING,
    NO_MULTI,
    NO_MANDATORY_KEYS,
    MOVABLEKEYS,
    ALLOW_BUSY,
    /** Cannot name its keys, or works on whole databases: runs while no other turn is under way. Not shown. */
    EXCLUSIVE,
    /** As {@link #EXCLUSIVE}, but only a call with the option DB, which names another database. */
    EXCLUSIVE_WITH_DB,
    /** Looks at keys it does not name (SCAN, KEYS, DBSIZE): the turn is committed before it runs. Not shown. */
    WHOLE_KEYSPACE,
    /** Runs a script, which may write whatever the command itself says. Not shown. */
    RUNS_SCRIPT,
    /** Waits for another node: runs on threads of its own, unless in a transaction. Not shown. */
    REMOTE,
    /** May take long or needs the disk: never runs on an event loop (SAVE, DEBUG SLEEP, KEYS). Not shown. */
    OFF_LOOP;

    /** The name in replies of COMMAND. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether COMMAND shows it. */
    public boolean shown() {
        return compareTo(EXCLUSIVE) < 0 && this != MAY_REPLICATE;
    }
}
