/**
 * A demonstration on real data: the Debian package index goes through a primary to replicas of both makes, everybody is
 * killed, everybody resumes. {@link io.cairn.bench.tour.Tour} runs it and fails loudly.
 */
@NullMarked
package io.cairn.bench.tour;

import org.jspecify.annotations.NullMarked;
