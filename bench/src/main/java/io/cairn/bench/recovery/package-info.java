/**
 * How long it takes until everything is well again: a restart after a kill, a full synchronization, the return of a replica
 * that was away. One command of the command line each; {@link io.cairn.bench.recovery.Link} is what they look at.
 */
@NullMarked
package io.cairn.bench.recovery;

import org.jspecify.annotations.NullMarked;
