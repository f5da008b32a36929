/**
 * JMH micro-benchmarks of what a request passes through: decoding, reading and writing rows, the log, the commit of a turn,
 * and the snapshot codec. Run by {@code cairn-bench jmh}.
 */
@NullMarked
package io.cairn.bench.micro;

import org.jspecify.annotations.NullMarked;
