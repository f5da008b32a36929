package io.cairn.engine.keyspace;

/**
 * The steps of changing durable data between which a process may die.
 *
 * <p><i>Immutable.</i>
 */
public enum Step {
    /** A turn is about to be appended to the log. */
    BEFORE_APPEND,
    /** The turn is in the log, its rows are not in the store. */
    BEFORE_ROWS,
    /** Log and rows have the turn, nobody was told. */
    BEFORE_PUBLISH,
    /** The turn is committed, no reply has gone out. */
    AFTER_PUBLISH,
    /** A replica is about to apply some of what it has logged; no lock is held. */
    BEFORE_APPLY,
    /** Rows are about to be flushed so that less log has to be replayed. */
    BEFORE_FLUSH,
    /** Rows were flushed. */
    AFTER_FLUSH,
    /** The log has new ids, the rows still have the old ones. */
    IDENTITY_LOGGED,
    /** A received keyspace is complete and durable beside the one in use. */
    STAGED,
    /** CURRENT is about to be replaced. */
    BEFORE_CURRENT,
    /** CURRENT was replaced. */
    AFTER_CURRENT,
    /** A replaced keyspace is about to be deleted. */
    BEFORE_DELETE
}
