package io.cairn.snapshot.rdb;

import org.jspecify.annotations.Nullable;

/**
 * What stands in front of the keys.
 *
 * <p><i>Immutable.</i>
 *
 * @param createdSeconds Unix time of the snapshot
 * @param usedMemoryBytes memory in use at that time
 * @param origin replication position, or null for a snapshot that belongs to no history
 */
public record RdbHeader(
        long createdSeconds, long usedMemoryBytes, @Nullable RdbOrigin origin) {}
