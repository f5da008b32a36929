/**
 * Doubles of the world that a log lives in, for the tests of this and later modules: a directory that loses power,
 * tears writes and fills up, and tests that run with a printed seed.
 */
@NullMarked
package io.cairn.wal.simulation;

import org.jspecify.annotations.NullMarked;
