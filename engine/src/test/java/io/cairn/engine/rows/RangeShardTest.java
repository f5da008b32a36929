package io.cairn.engine.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

/** What two readers of a collection may meet of each other. */
class RangeShardTest {
    private static final byte[] LEAST = {0};

    @Test
    void aRangeBelowAKeyEndsThereAtMost() {
        RangeShard shard = new RangeShard(new RangeCache(1 << 20));
        assertArrayEquals(LEAST, shard.endBelow(1, new byte[] {5}, LEAST));
        // Comes after the reader found nothing known before the key.
        shard.add(1, shard.stamp(1), new byte[] {3}, new byte[] {9}, RowBlock.NONE);
        assertArrayEquals(new byte[] {5}, shard.endBelow(1, new byte[] {5}, LEAST));
        assertArrayEquals(new byte[] {9}, shard.endBelow(1, new byte[] {9}, LEAST));
        assertArrayEquals(new byte[] {9}, shard.endBelow(1, new byte[] {12}, LEAST));
        assertArrayEquals(LEAST, shard.endBelow(1, new byte[] {3}, LEAST));
        assertArrayEquals(new byte[] {10}, shard.endBelow(1, new byte[] {12}, new byte[] {10}));
    }
}
