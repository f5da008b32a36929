/**
 * Pages that follow from declarations: {@code conf/cairn.conf} from the directives, {@code docs/commands.md} from the
 * command table.
 *
 * <p>{@link io.cairn.bench.pages.Pages} writes them when {@code cairn-bench pages} is called; a test compares them with
 * what lies in the repository.
 */
@NullMarked
package io.cairn.bench.pages;

import org.jspecify.annotations.NullMarked;
