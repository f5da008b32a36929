package io.cairn.engine.rows;

import java.util.Arrays;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the memory store whose keys begin alike: a namespace of META, a version of ROWS or SCORES, all of the other
 * families. Dropped as a whole in constant time, and frozen from then on.
 *
 * <p>Values are {@link RowNode}s where rows are also found by hash, plain arrays elsewhere. Written under the store's write lock, read by anyone.
 *
 * <p><i>Thread-safe.</i>
 */
final class Partition {
    final long prefix;

    /** Epoch in which it was made: a checkpoint of an earlier epoch does not see it. */
    final int birth;

    final ConcurrentSkipListMap<byte[], Object> rows = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
    private final @Nullable HashIndex index;

    /** Bytes of keys and values; for the writer. */
    long bytes;

    Partition(long prefix, int birth, @Nullable HashIndex index) {
        this.prefix = prefix;
        this.birth = birth;
        this.index = index;
    }

    byte @Nullable [] find(byte[] key) {
        return row(rows.get(key));
    }

    HashIndex index() {
        HashIndex byHash = index;
        if (byHash == null) {
            throw new IllegalStateException("rows without hashes");
        }
        return byHash;
    }

    /** The row that a value of {@link #rows} stands for, null if it is deleted meanwhile. */
    static byte @Nullable [] row(@Nullable Object value) {
        return value instanceof RowNode node ? node.row : (byte[]) value;
    }
}
