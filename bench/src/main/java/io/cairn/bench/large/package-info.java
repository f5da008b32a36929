/**
 * What commands on one very large collection cost: {@link io.cairn.bench.large.LargeCommand} asks a sorted set for ranks, on a
 * primary, after a restart and on a replica, and deletes a large set.
 */
@NullMarked
package io.cairn.bench.large;

import org.jspecify.annotations.NullMarked;
