/**
 * Comparison of whole keyspaces: {@link io.cairn.snapshot.digest.DumpDigest} for millions of keys, {@link
 * io.cairn.snapshot.digest.DumpDiff} for naming the keys that differ.
 *
 * <p>Digests do not depend on the order of keys, so a checkpoint, an RDB stream and a live keyspace can be compared.
 */
@NullMarked
package io.cairn.snapshot.digest;

import org.jspecify.annotations.NullMarked;
