/**
 * What the server counts: {@link io.cairn.server.stats.Counters} for the whole server, {@link
 * io.cairn.server.stats.CommandCounters} for each thread that runs commands. INFO shows the sums.
 */
@NullMarked
package io.cairn.server.stats;

import org.jspecify.annotations.NullMarked;
