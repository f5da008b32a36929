/**
 * The write-ahead log: a segmented file of bytes whose positions are replication offsets.
 *
 * <p>The log knows records, checksums, durability, retention and tail readers. It knows nothing of commands, rows or
 * sockets: every other module may use it, and it uses none of them.
 */
@NullMarked
package io.cairn.wal;

import org.jspecify.annotations.NullMarked;
