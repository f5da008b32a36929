/**
 * Throughput side by side: the same load against Cairn in its modes, Redis, and any server that listens already.
 * {@link io.cairn.bench.compare.CompareCommand} is the command line's; all servers are alive during the whole run, one at a
 * time is under load, and rounds take turns, so that what else the machine does falls on all of them.
 */
@NullMarked
package io.cairn.bench.compare;

import org.jspecify.annotations.NullMarked;
