/**
 * A segmented log of bytes that is at once durability log, replication stream and replication backlog.
 *
 * <p>{@link io.cairn.wal.Wal} is the centre: it appends records, syncs them in groups, recovers after a crash, keeps
 * what retention and pins ask for and hands out tail readers. A position in the log is the replication offset. Files
 * are reached through {@link io.cairn.wal.Directory} only, so that every failure of a disk can be simulated. Nothing
 * here knows of commands, of the row store or of sockets; every other module may use it.
 */
@NullMarked
package io.cairn.wal;

import org.jspecify.annotations.NullMarked;
