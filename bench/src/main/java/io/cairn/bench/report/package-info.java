/**
 * What a benchmark found: {@link io.cairn.bench.report.Report} holds tables and charts, prints the tables, and writes
 * everything as one HTML file that needs no network. {@link io.cairn.bench.report.Progress} is what is seen meanwhile.
 */
@NullMarked
package io.cairn.bench.report;

import org.jspecify.annotations.NullMarked;
