package io.cairn.engine.rows;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over the memory store, or over a checkpoint of it.
 *
 * <p>Wherever live rows and a checkpoint's saved ones meet, the live one is read first; see {@link MemoryCheckpoint}.
 *
 * <p><i>Confined to the calling thread.</i>
 */
final class MemoryCursor implements RowCursor {
    private final MemoryTable table;
    private final @Nullable MemoryCheckpoint checkpoint;
    private final byte[] from;
    private final byte @Nullable [] to;

    /** The partition that the walk is in; null once it has left the last one. */
    private @Nullable Partition partition;

    /** Where the walk has come to in the partition: the next row lies beyond, or at it if inclusive. Null: at its start. */
    private byte @Nullable [] edge;

    private boolean inclusive;
    private boolean upwards;

    /** Live rows ahead and the nearest of them, while walking upwards. */
    private @Nullable Iterator<Map.Entry<byte[], Object>> ahead;

    private Map.@Nullable Entry<byte[], Object> head;

    private byte @Nullable [] key;
    private byte @Nullable [] row;

    MemoryCursor(MemoryTable table, @Nullable MemoryCheckpoint checkpoint, byte[] from, byte @Nullable [] to) {
        this.table = table;
        this.checkpoint = checkpoint;
        this.from = from;
        this.to = to;
    }

    @Override
    public void seek(byte[] at) {
        walkUp(Arrays.compareUnsigned(at, from) < 0 ? from : at, true);
    }

    @Override
    public void seekToFirst() {
        walkUp(from, true);
    }

    @Override
    public void seekToLast() {
        byte[] end = to;
        if (end != null) {
            walkDown(end, false);
        } else {
            enterFromAbove(partitionBelow(-1, true));
            stepDown();
        }
    }

    @Override
    public void seekForPrev(byte[] at) {
        byte[] end = to;
        if (end != null && Arrays.compareUnsigned(at, end) >= 0) {
            walkDown(end, false);
        } else {
            walkDown(at, true);
        }
    }

    @Override
    public boolean valid() {
        return key != null;
    }

    @Override
    public void next() {
        byte[] at = key();
        if (upwards) {
            stepUp();
        } else {
            walkUp(at, false);
        }
    }

    @Override
    public void prev() {
        byte[] at = key();
        if (upwards) {
            walkDown(at, false);
        } else {
            stepDown();
        }
    }

    @Override
    public byte[] key() {
        byte[] at = key;
        if (at == null) {
            throw new IllegalStateException("cursor is on no row");
        }
        return at;
    }

    @Override
    public byte[] value() {
        byte[] at = row;
        if (at == null) {
            throw new IllegalStateException("cursor is on no row");
        }
        return at;
    }

    @Override
    public void close() {
        leave();
    }

    private void leave() {
        partition = null;
        ahead = null;
        head = null;
        key = null;
        row = null;
    }

    // ---- upwards

    private void walkUp(byte[] at, boolean including) {
        long prefix = table.prefix(at);
        Partition first = partitionAbove(prefix, true);
        enterFromBelow(first);
        if (first != null && first.prefix == prefix) {
            edge = at;
            inclusive = including;
            ahead = first.rows.tailMap(at, including).entrySet().iterator();
        }
        stepUp();
    }

    private void enterFromBelow(@Nullable Partition next) {
        upwards = true;
        partition = next;
        edge = null;
        head = null;
        ahead = next == null ? null : next.rows.entrySet().iterator();
    }

    private void stepUp() {
        for (Partition current = partition; current != null; current = partition) {
            if (mergeUp(current)) {
                byte[] end = to;
                if (end != null && Arrays.compareUnsigned(key(), end) >= 0) {
                    leave();
                }
                return;
            }
            enterFromBelow(partitionAbove(current.prefix, false));
        }
        leave();
    }

    private boolean mergeUp(Partition current) {
        while (true) {
            if (head == null && ahead != null && ahead.hasNext()) {
                head = ahead.next();
            }
            Map.Entry<byte[], Object> live = head;
            byte[] liveRow = live == null ? null : Partition.row(live.getValue());
            Map.Entry<byte[], byte[]> saved = saved(current);
            if (live == null && saved == null) {
                return false;
            }
            int order = order(live, saved);
            if (order <= 0) {
                head = null;
            }
            if (settle(order, live, liveRow, saved)) {
                return true;
            }
        }
    }

    // ---- downwards

    private void walkDown(byte[] at, boolean including) {
        long prefix = table.prefix(at);
        Partition first = partitionBelow(prefix, true);
        enterFromAbove(first);
        if (first != null && first.prefix == prefix) {
            edge = at;
            inclusive = including;
        }
        stepDown();
    }

    private void enterFromAbove(@Nullable Partition next) {
        upwards = false;
        partition = next;
        edge = null;
        head = null;
        ahead = null;
    }

    private void stepDown() {
        for (Partition current = partition; current != null; current = partition) {
            if (mergeDown(current)) {
                if (Arrays.compareUnsigned(key(), from) < 0) {
                    leave();
                }
                return;
            }
            enterFromAbove(partitionBelow(current.prefix, false));
        }
        leave();
    }

    private boolean mergeDown(Partition current) {
        while (true) {
            Map.Entry<byte[], Object> live = liveBelow(current);
            byte[] liveRow = live == null ? null : Partition.row(live.getValue());
            Map.Entry<byte[], byte[]> saved = saved(current);
            if (live == null && saved == null) {
                return false;
            }
            if (settle(-order(live, saved), live, liveRow, saved)) {
                return true;
            }
        }
    }

    private Map.@Nullable Entry<byte[], Object> liveBelow(Partition current) {
        byte[] at = edge;
        if (at == null) {
            return current.rows.lastEntry();
        }
        return inclusive ? current.rows.floorEntry(at) : current.rows.lowerEntry(at);
    }

    // ---- both ways

    /** How the keys compare where there are two; else the one there is comes first, whichever way the walk goes. */
    private int order(Map.@Nullable Entry<byte[], Object> live, Map.@Nullable Entry<byte[], byte[]> saved) {
        if (live == null) {
            return upwards ? 1 : -1;
        }
        if (saved == null) {
            return upwards ? -1 : 1;
        }
        return Arrays.compareUnsigned(live.getKey(), saved.getKey());
    }

    /**
     * Takes the live row ({@code order < 0}) or the saved one, which on equal keys overrules the live one; false if that
     * says that there was no row.
     */
    private boolean settle(
            int order,
            Map.@Nullable Entry<byte[], Object> live,
            byte @Nullable [] liveRow,
            Map.@Nullable Entry<byte[], byte[]> saved) {
        if (order < 0 && live != null) {
            key = live.getKey();
            row = liveRow;
        } else if (saved != null) {
            key = saved.getKey();
            row = saved.getValue() == MemoryCheckpoint.ABSENT ? null : saved.getValue();
        }
        edge = key;
        inclusive = false;
        return row != null;
    }

    private Map.@Nullable Entry<byte[], byte[]> saved(Partition current) {
        MemoryCheckpoint frozen = checkpoint;
        if (frozen == null) {
            return null;
        }
        Map.Entry<byte[], byte[]> entry = frozen.nearest(table, current.prefix, edge, inclusive, upwards);
        return entry != null && table.prefix(entry.getKey()) == current.prefix ? entry : null;
    }

    private @Nullable Partition partitionAbove(long prefix, boolean including) {
        MemoryCheckpoint frozen = checkpoint;
        Map.Entry<Long, Partition> live = table.above(prefix, including);
        if (frozen == null) {
            return live == null ? null : live.getValue();
        }
        while (live != null && !frozen.sees(live.getValue())) {
            live = table.above(live.getKey(), false);
        }
        Map.Entry<Long, Partition> dropped = including
                ? frozen.dropped(table.family).ceilingEntry(prefix)
                : frozen.dropped(table.family).higherEntry(prefix);
        return nearer(live, dropped, 1);
    }

    private @Nullable Partition partitionBelow(long prefix, boolean including) {
        MemoryCheckpoint frozen = checkpoint;
        Map.Entry<Long, Partition> live = table.below(prefix, including);
        if (frozen == null) {
            return live == null ? null : live.getValue();
        }
        while (live != null && !frozen.sees(live.getValue())) {
            live = table.below(live.getKey(), false);
        }
        Map.Entry<Long, Partition> dropped = including
                ? frozen.dropped(table.family).floorEntry(prefix)
                : frozen.dropped(table.family).lowerEntry(prefix);
        return nearer(live, dropped, -1);
    }

    private static @Nullable Partition nearer(
            Map.@Nullable Entry<Long, Partition> live, Map.@Nullable Entry<Long, Partition> dropped, int sign) {
        if (live == null || dropped == null) {
            Map.Entry<Long, Partition> only = live == null ? dropped : live;
            return only == null ? null : only.getValue();
        }
        return Long.compareUnsigned(live.getKey(), dropped.getKey()) * sign < 0 ? live.getValue() : dropped.getValue();
    }
}
