package io.cairn.engine.rows;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link RangeCache} knows of one collection: stretches that do not overlap, in order, and, for drawing one at random, as a
 * list with the number of rows that each has.
 *
 * <p><i>Guarded by its shard's lock.</i>
 */
final class CollectionRanges {
    private static final int INITIAL = 4;
    private static final int TRIES = 1 << 8;
    private static final int ROW_OVERHEAD_BYTES = 16;

    private final TreeMap<byte[], Stretch> stretches = new TreeMap<>(Arrays::compareUnsigned);
    private @Nullable Stretch[] list = new Stretch[INITIAL];
    private short[] sizes = new short[INITIAL];
    private int size;
    private int joints;
    private byte[] gap = RowBlock.NO_KEY;

    /** Where the last reading behind the cache began and ended, and how many rows it brought at most. */
    byte[] readFrom = RowBlock.NO_KEY;

    byte[] readTo = RowBlock.NO_KEY;
    int readRows;

    boolean isEmpty() {
        return size == 0;
    }

    Iterable<Stretch> all() {
        return stretches.values();
    }

    /** The stretch in which a key lies. */
    @Nullable
    Stretch at(byte[] key) {
        Map.Entry<byte[], Stretch> at = stretches.floorEntry(key);
        return at == null || Arrays.compareUnsigned(key, at.getValue().to) >= 0 ? null : at.getValue();
    }

    /** The stretch that starts at a key or next behind it. */
    @Nullable
    Stretch from(byte[] key) {
        return value(stretches.ceilingEntry(key));
    }

    /** The stretch that starts next behind a key. */
    @Nullable
    Stretch above(byte[] key) {
        return value(stretches.higherEntry(key));
    }

    /** The stretch that starts next before a key. */
    @Nullable
    Stretch below(byte[] key) {
        return value(stretches.lowerEntry(key));
    }

    private static @Nullable Stretch value(Map.@Nullable Entry<byte[], Stretch> entry) {
        return entry == null ? null : entry.getValue();
    }

    void add(Stretch stretch) {
        joints += joints(stretch);
        stretches.put(stretch.from, stretch);
        if (size == list.length) {
            list = Arrays.copyOf(list, 2 * size);
            sizes = Arrays.copyOf(sizes, 2 * size);
        }
        stretch.place = size;
        list[size++] = stretch;
        resized(stretch);
    }

    void remove(Stretch stretch) {
        stretches.remove(stretch.from);
        joints -= joints(stretch);
        Stretch last = at(--size);
        list[stretch.place] = last;
        last.place = stretch.place;
        resized(last);
        list[size] = null; // else it would keep the rows of what goes later
    }

    private Stretch at(int place) {
        return Objects.requireNonNull(list[place]);
    }

    /** A stretch has another number of rows. */
    void resized(Stretch stretch) {
        sizes[stretch.place] = (short) stretch.rows.size();
    }

    /** With how many stretches one has an end in common. */
    private int joints(Stretch stretch) {
        Stretch below = below(stretch.from);
        int before = below != null && Arrays.equals(below.to, stretch.from) ? 1 : 0;
        return before + (stretches.containsKey(stretch.to) ? 1 : 0);
    }

    /** Whether every row from one key to another one is known, and no others are. */
    boolean isAll(byte[] from, byte[] to) {
        return size > 0
                && joints == size - 1
                && Arrays.equals(stretches.firstKey(), from)
                && Arrays.equals(stretches.lastEntry().getValue().to, to);
    }

    /** A key of a range that lies in no stretch. They are found in their order, again and again; null once at the end. */
    byte @Nullable [] gap(byte[] from, byte[] to) {
        byte[] key = Arrays.compareUnsigned(gap, from) < 0 ? from : gap;
        for (Stretch at = at(key); at != null; at = at(key)) {
            key = at.to;
        }
        boolean isEnd = Arrays.compareUnsigned(key, to) >= 0;
        gap = isEnd ? from : key;
        return isEnd ? null : key;
    }

    /** About the memory that a row takes. */
    long rowBytes() {
        RowBlock one = at(0).rows;
        return ROW_OVERHEAD_BYTES + (long) one.bytes() / Math.max(1, one.size());
    }

    /** A stretch in which a row lies that is drawn from all rows, each with the same probability; null for none in many tries. */
    @Nullable
    Stretch random(RandomGenerator random) {
        for (int tries = 0; tries < TRIES; tries++) {
            int place = random.nextInt(size);
            if (random.nextInt(RangeShard.ROWS_MOST) < sizes[place]) {
                return at(place);
            }
        }
        return null;
    }
}
