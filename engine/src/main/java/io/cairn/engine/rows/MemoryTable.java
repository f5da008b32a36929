package io.cairn.engine.rows;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * One family of the memory store: partitions in the order of their keys.
 *
 * <p>A key belongs to the partition of its first bytes, padded with zeros to the family's prefix length. That keeps the
 * order: where one padded prefix is less than another, so is every key.
 *
 * <p><i>Thread-safe.</i>
 */
final class MemoryTable {
    final Family family;
    private final int prefixBytes;
    private final ConcurrentSkipListMap<Long, Partition> partitions =
            new ConcurrentSkipListMap<>(Long::compareUnsigned);

    MemoryTable(Family family) {
        this.family = family;
        this.prefixBytes = switch (family) {
            case META -> 4;
            case ROWS, SCORES -> 8;
            case SYSTEM, EXPIRES -> 0;
        };
    }

    long prefix(byte[] key) {
        long prefix = 0;
        for (int i = 0; i < prefixBytes; i++) {
            prefix = (prefix << 8) | (i < key.length ? key[i] & 0xFF : 0);
        }
        return prefix;
    }

    /** The least key that can belong to the partition. */
    byte[] leastKey(long prefix) {
        int length = prefixBytes;
        while (length > 0 && (byte) (prefix >>> ((prefixBytes - length) * 8)) == 0) {
            length--;
        }
        byte[] key = new byte[length];
        for (int i = 0; i < length; i++) {
            key[i] = (byte) (prefix >>> ((prefixBytes - 1 - i) * 8));
        }
        return key;
    }

    /** The least key of the next partition that there could be, or null after the last. */
    byte @Nullable [] leastKeyBeyond(long prefix) {
        boolean last = prefixBytes == 0 || prefix == -1L >>> (64 - 8 * prefixBytes);
        return last ? null : leastKey(prefix + 1);
    }

    @Nullable
    Partition partition(long prefix) {
        return partitions.get(prefix);
    }

    Partition partitionOrNew(long prefix, int epoch) {
        Partition partition = partitions.get(prefix);
        if (partition == null) {
            partition = new Partition(prefix, epoch, newIndex());
            partitions.put(prefix, partition);
        }
        return partition;
    }

    /** Whether rows are found by hash as well as in order. */
    boolean isIndexed() {
        return family == Family.META || family == Family.ROWS;
    }

    private @Nullable HashIndex newIndex() {
        return isIndexed() ? new HashIndex(family == Family.META ? prefixBytes : 0) : null;
    }

    void remove(Partition partition) {
        partitions.remove(partition.prefix);
    }

    /** Whether a partition that has become empty may go: not where there is only ever one. */
    boolean dropsEmpty() {
        return prefixBytes > 0;
    }

    Map.@Nullable Entry<Long, Partition> above(long prefix, boolean inclusive) {
        return inclusive ? partitions.ceilingEntry(prefix) : partitions.higherEntry(prefix);
    }

    Map.@Nullable Entry<Long, Partition> below(long prefix, boolean inclusive) {
        return inclusive ? partitions.floorEntry(prefix) : partitions.lowerEntry(prefix);
    }

    long rows() {
        long count = 0;
        for (Partition partition : partitions.values()) {
            count += partition.rows.size();
        }
        return count;
    }
}
