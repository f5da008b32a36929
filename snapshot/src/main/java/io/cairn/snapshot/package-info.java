/**
 * The RDB format in both directions: {@link io.cairn.snapshot.RdbFile} keeps it in files, {@code rdb} is the codec, and
 * {@code digest} compares what went in with what came out.
 *
 * <p>Whoever asks for a snapshot (a replica, SAVE, DUMP) is unknown here.
 */
@NullMarked
package io.cairn.snapshot;

import org.jspecify.annotations.NullMarked;
