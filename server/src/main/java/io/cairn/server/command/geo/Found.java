package io.cairn.server.command.geo;

import io.cairn.engine.types.Scored;
import java.util.List;

/**
 * A member inside a searched area.
 *
 * <p><i>Immutable.</i>
 */
record Found(Scored scored, Point point, double meters) {
    /**
     * Puts the {@code wanted} first of the list in order of distance at its beginning; the rest behind in no order.
     *
     * <p>Which of several members at the same distance comes first, and is among the wanted at all, is not defined, but
     * clients see it: all are sorted by a stable sort, some by {@link PartialSort}, as Redis does.
     */
    static void sort(List<Found> all, int wanted, boolean descending) {
        if (wanted == all.size()) {
            all.sort((one, other) -> compare(one, other, descending));
        } else {
            new PartialSort(all, wanted, descending).run();
        }
    }

    static int compare(Found one, Found other, boolean descending) {
        int ascending = Double.compare(one.meters, other.meters);
        return descending ? -ascending : ascending;
    }
}
