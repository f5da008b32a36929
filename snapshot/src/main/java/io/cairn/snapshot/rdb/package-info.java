/**
 * The RDB format: {@link io.cairn.snapshot.rdb.RdbWriter} writes version 9, {@link io.cairn.snapshot.rdb.RdbReader} reads
 * versions 1 to 12, both over {@link io.cairn.engine.entry.EntrySink}.
 *
 * <p>Bytes go in and out through {@link io.cairn.snapshot.rdb.RdbInput} and {@link io.cairn.snapshot.rdb.RdbOutput}, so
 * that files, sockets and simulations look the same.
 */
@NullMarked
package io.cairn.snapshot.rdb;

import org.jspecify.annotations.NullMarked;
