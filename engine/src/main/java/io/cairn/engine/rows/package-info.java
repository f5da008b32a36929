/**
 * Ordered rows of bytes in five column families: the port {@link io.cairn.engine.rows.RowStore}, its RocksDB
 * implementation and its in-memory implementation.
 *
 * <p>The only package that sees RocksDB. It knows no types of values, no expiry and no log; used by the packages of
 * this module alone.
 */
@NullMarked
package io.cairn.engine.rows;

import org.jspecify.annotations.NullMarked;
