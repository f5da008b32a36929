package io.cairn.engine.types;

import io.cairn.engine.entry.StreamId;

/**
 * An entry that was delivered to a consumer of a group and not acknowledged.
 *
 * <p><i>Immutable.</i>
 *
 * @param consumer name of the consumer
 * @param deliveredMillis when it was delivered last, Unix milliseconds
 * @param deliveries how often it was delivered
 * @param named whether the consumer stands in the row
 */
public record PendingEntry(StreamId id, byte[] consumer, long deliveredMillis, long deliveries, boolean named) {}
