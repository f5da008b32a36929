package io.cairn.server.pubsub;

import io.cairn.engine.keyspace.Announcement;
import io.cairn.server.session.Topic;

/**
 * What a client published.
 *
 * <p><i>Immutable.</i>
 *
 * @param to a channel or a shard channel
 */
public record Message(Topic to, byte[] text) implements Announcement {}
