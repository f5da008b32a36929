/**
 * Servers as child processes: Cairn's and Redis's, started on free ports of 127.0.0.1 in directories of their own, killed
 * and started again. {@link io.cairn.bench.process.ServerProcess} is one of them.
 */
@NullMarked
package io.cairn.bench.process;

import org.jspecify.annotations.NullMarked;
