/**
 * Nodes with real engines and real replication over a simulated network: one scheduler runs every connection, every link
 * and the clock; connections are cut, delayed and split at seeded points. Snapshots alone have threads, for which the
 * scheduler waits.
 */
@NullMarked
package io.cairn.replication.simulation;

import org.jspecify.annotations.NullMarked;
