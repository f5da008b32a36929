/**
 * Benchmarks: JMH micro-benchmarks and the runner that compares servers, started by {@link io.cairn.bench.Main}.
 *
 * <p>Its tests are those that look at all modules at once: the architecture and the tidiness of the sources.
 */
@NullMarked
package io.cairn.bench;

import org.jspecify.annotations.NullMarked;
