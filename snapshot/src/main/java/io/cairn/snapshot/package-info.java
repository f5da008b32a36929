/**
 * The RDB format in both directions: a checkpoint streamed out, a stream loaded into a fresh store.
 *
 * <p>Whoever asks for a snapshot (a replica, SAVE, DUMP) is unknown here.
 */
@NullMarked
package io.cairn.snapshot;

import org.jspecify.annotations.NullMarked;
