package io.cairn.engine.keyspace;

/**
 * Something that a turn tells others once it is committed, if it is: a {@link KeyEvent}, a published message.
 *
 * <p><i>Immutable.</i>
 */
public interface Announcement {}
