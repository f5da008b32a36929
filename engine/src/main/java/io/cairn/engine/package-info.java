/**
 * The keyspace: typed values over ordered rows, and the commit pipeline that ties rows to log positions.
 *
 * <p>The row store is RocksDB or memory. This module is the only one that sees {@code org.rocksdb}; it knows nothing of
 * sockets and requests.
 */
@NullMarked
package io.cairn.engine;

import org.jspecify.annotations.NullMarked;
