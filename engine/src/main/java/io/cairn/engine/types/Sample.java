package io.cairn.engine.types;

import io.cairn.engine.entry.ValueType;
import io.cairn.engine.keyspace.MetaRow;
import io.cairn.engine.keyspace.Turn;
import io.cairn.engine.rows.Family;
import io.cairn.engine.rows.RowCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Draws random elements of one set, hash or sorted set, every element with the same probability.
 *
 * <p>Packed collections, and large ones where a large part is asked for, are read once from end to end. Otherwise each
 * draw looks into a random window of the 2^32 hashes that holds {@link #MEAN} elements on average, and with n elements
 * in it is accepted with probability n / {@link #MOST}, then one of them taken: each element lies in equally many
 * windows, so the gaps between hashes favour nobody. (So a number below {@link #MOST} is drawn, and the element that has so many
 * before it in the window is taken, if there is one. A window with more than {@link #MOST}, one in a million, is always
 * accepted.)
 *
 * <p><i>Confined to the calling thread.</i>
 */
public final class Sample {
    private static final int MEAN = 6;
    private static final int MOST = 20;

    /** Rows that a draw reads on average; where it would read more than all rows, they are all read instead. */
    private static final int COST = 24;

    /** Refused windows in a row after which hashes must be far from even: someone picked members for that. */
    private static final int REFUSALS_MAX = 256;

    /** Elements of one window that are read at most, for the same reason. */
    private static final int CROWD_MAX = 1024;

    private final Turn turn;
    private final byte[] row;
    private final long size;
    private final ValueType type;
    private final RandomGenerator random;

    private Sample(Turn turn, byte[] row, ValueType type, long size, RandomGenerator random) {
        this.turn = turn;
        this.row = row;
        this.type = type;
        this.size = size;
        this.random = random;
    }

    /** Draws members of a set. */
    public static Sample ofSet(Turn turn, byte[] row, RandomGenerator random) {
        return new Sample(turn, row, ValueType.SET, Sets.count(row), random);
    }

    /** Draws fields of a hash; if some have expired there may be none. */
    public static Sample ofHash(Turn turn, byte[] row, RandomGenerator random) {
        return new Sample(turn, row, ValueType.HASH, Hashes.visible(turn, row), random);
    }

    /** Whether there is nothing to draw. */
    public boolean isEmpty() {
        return size == 0;
    }

    /** Draws members of a sorted set; {@link SortedSets#scored} tells their scores. */
    public static Sample ofSortedSet(Turn turn, byte[] row, RandomGenerator random) {
        return new Sample(turn, row, ValueType.ZSET, SortedSets.size(row), random);
    }

    /** One element. */
    public Element one() {
        if (isWorthReadingAll(1)) {
            return at(random.nextLong(size));
        }
        long version = MetaRow.version(row);
        RowCursor.Pick known =
                turn.random(Family.ROWS, ElementRows.bound(version, 0), ElementRows.end(version), size, random);
        if (known != null) {
            return element(known);
        }
        try (RowCursor cursor = ElementRows.cursor(turn, row)) {
            return draw(cursor);
        }
    }

    /** {@code count} elements, each draw from all of them: the same may come again. */
    public List<Element> repeated(int count) {
        List<Element> drawn = new ArrayList<>(count);
        if (isWorthReadingAll(count)) {
            List<Element> all = all();
            for (int i = 0; i < count; i++) {
                drawn.add(all.get(random.nextInt(all.size())));
            }
            return drawn;
        }
        try (RowCursor cursor = ElementRows.cursor(turn, row)) {
            for (int i = 0; i < count; i++) {
                drawn.add(draw(cursor));
            }
        }
        return drawn;
    }

    /** {@code count} different elements, or all if there are no more. */
    public List<Element> distinct(long count) {
        if (count >= size) {
            return all();
        }
        if (isWorthReadingAll(count)) {
            return reservoir((int) count);
        }
        List<Element> drawn = new ArrayList<>((int) count);
        MemberSet seen = new MemberSet();
        try (RowCursor cursor = ElementRows.cursor(turn, row)) {
            while (drawn.size() < count) {
                Element element = draw(cursor);
                if (seen.add(element.member())) {
                    drawn.add(element);
                }
            }
        }
        return drawn;
    }

    private boolean isWorthReadingAll(long draws) {
        return !MetaRow.inRows(row) || draws >= size / COST || type == ValueType.HASH && Hashes.hides(turn, row);
    }

    private ElementCursor elements() {
        return switch (type) {
            case HASH -> Hashes.cursor(turn, row);
            case ZSET -> MetaRow.inRows(row) ? ElementCursor.rows(turn, row) : ElementCursor.scores(row);
            default -> Sets.cursor(turn, row);
        };
    }

    private List<Element> all() {
        List<Element> all = new ArrayList<>((int) size);
        try (ElementCursor cursor = elements()) {
            while (cursor.next()) {
                all.add(cursor.element());
            }
        }
        return all;
    }

    private Element at(long index) {
        try (ElementCursor cursor = elements()) {
            for (long i = 0; cursor.next(); i++) {
                if (i == index) {
                    return cursor.element();
                }
            }
        }
        throw new IllegalStateException("collection has fewer elements than its count " + size);
    }

    /** Keeps each element read with the probability that it belongs to the sample of those read so far. */
    private List<Element> reservoir(int count) {
        List<Element> kept = new ArrayList<>(count);
        try (ElementCursor cursor = elements()) {
            for (long read = 0; cursor.next(); read++) {
                if (read < count) {
                    kept.add(cursor.element());
                } else {
                    long place = random.nextLong(read + 1);
                    if (place < count) {
                        kept.set((int) place, cursor.element());
                    }
                }
            }
        }
        return kept;
    }

    private Element draw(RowCursor cursor) {
        long width = Math.max(1, ElementRows.HASHES / size * MEAN);
        for (int refusals = 0; refusals < REFUSALS_MAX; refusals++) {
            Element drawn = tryWindow(cursor, random.nextLong(ElementRows.HASHES), width);
            if (drawn != null) {
                return drawn;
            }
        }
        return at(random.nextLong(size));
    }

    private @Nullable Element tryWindow(RowCursor cursor, long from, long width) {
        long to = from + width;
        int index = random.nextInt(MOST);
        Element drawn;
        int count;
        if (to <= ElementRows.HASHES) {
            RowCursor.Pick pick = pick(cursor, from, to, index);
            count = pick.count();
            drawn = element(pick);
        } else {
            RowCursor.Pick last = pick(cursor, from, ElementRows.HASHES, index);
            RowCursor.Pick first = pick(cursor, 0, to - ElementRows.HASHES, Math.max(0, index - last.count()));
            count = last.count() + first.count();
            drawn = element(index < last.count() ? last : first);
        }
        if (count <= MOST) {
            return index < count ? drawn : null;
        }
        // Then this window would favour its first elements.
        return at(cursor, from, to, random.nextInt(count));
    }

    private Element at(RowCursor cursor, long from, long to, int index) {
        RowCursor.Pick last = pick(cursor, from, Math.min(to, ElementRows.HASHES), index);
        return element(index < last.count() ? last : pick(cursor, 0, to - ElementRows.HASHES, index - last.count()));
    }

    private RowCursor.Pick pick(RowCursor cursor, long from, long to, int index) {
        long version = MetaRow.version(row);
        byte[] end = to == ElementRows.HASHES ? ElementRows.end(version) : ElementRows.bound(version, to);
        return cursor.pick(ElementRows.bound(version, from), end, index, CROWD_MAX);
    }

    private static Element element(RowCursor.Pick pick) {
        return ElementRows.element(pick.key(), pick.value());
    }
}
