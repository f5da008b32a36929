/**
 * The five types of values over a turn: what their rows look like, packed and in rows of their own, and every operation
 * that commands need on them.
 *
 * <p>One class a type (Strings, Hashes, Lists, Sets, SortedSets), each with static operations on a {@link
 * io.cairn.engine.keyspace.Turn}, a {@code drain} that sends a stored value to an {@link
 * io.cairn.engine.entry.EntrySink}, and a {@link io.cairn.engine.types.CollectionLoader} that builds one in bulk. {@link
 * io.cairn.engine.types.Packed} is the layout that small collections share.
 */
@NullMarked
package io.cairn.engine.types;

import org.jspecify.annotations.NullMarked;
