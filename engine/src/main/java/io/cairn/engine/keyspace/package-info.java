/**
 * The keyspace of one generation and the turns that change it: overlay, stripes, write batches, the commit path.
 *
 * <p>{@link io.cairn.engine.keyspace.Turn} is what commands and typed values are written on; {@link
 * io.cairn.engine.keyspace.Keyspace} ties rows to log positions; {@link io.cairn.engine.keyspace.KeyspaceHandle} is
 * what outlives a keyspace when a full resynchronization replaces it.
 */
@NullMarked
package io.cairn.engine.keyspace;

import org.jspecify.annotations.NullMarked;
