/**
 * What clients do to a server under measurement: {@link io.cairn.bench.load.RedisBenchmark} runs the well-known load
 * generator, {@link io.cairn.bench.load.Loader} fills a server with keys,
 * {@link io.cairn.bench.load.AcknowledgedWriter} writes and remembers what it was told is safe.
 */
@NullMarked
package io.cairn.bench.load;

import org.jspecify.annotations.NullMarked;
