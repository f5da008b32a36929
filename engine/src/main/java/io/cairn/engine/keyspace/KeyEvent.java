package io.cairn.engine.keyspace;

/**
 * What happened to a key, under the name that keyspace notifications give it.
 *
 * <p><i>Immutable.</i>
 *
 * @param kind the class of events that it is one of
 * @param name the event, for example {@code lpush}
 */
public record KeyEvent(Event kind, String name, int db, byte[] key) implements Announcement {}
