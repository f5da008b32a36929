/**
 * The replication stream as the engine sees it: commands parsed out of bytes ({@link
 * io.cairn.engine.stream.StreamParser}) and run in whole units against the keyspace ({@link
 * io.cairn.engine.stream.StreamApplier}), at recovery and on a replica alike.
 */
@NullMarked
package io.cairn.engine.stream;

import org.jspecify.annotations.NullMarked;
