/**
 * Whole keys with their values as they travel in and out of a keyspace: {@link io.cairn.engine.entry.EntrySink} is the
 * one interface for both directions (a checkpoint drains into an RDB writer; an RDB reader drains into a loader).
 */
@NullMarked
package io.cairn.engine.entry;

import org.jspecify.annotations.NullMarked;
