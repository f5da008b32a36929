package io.cairn.wal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a log from oldest to newest, copied on write: the last one is active, before it may stand rolled
 * ones, before those only sealed ones.
 *
 * <p><i>Thread-safe.</i>
 */
final class SegmentList {
    private volatile Segment[] all; // replaced under this

    SegmentList(List<Segment> segments) {
        all = segments.toArray(new Segment[0]);
    }

    /** The segments of this moment; not to be changed. */
    Segment[] all() {
        return all;
    }

    Segment active() {
        Segment[] now = all;
        return now[now.length - 1];
    }

    /** Adds a new active segment. */
    synchronized void add(Segment next) {
        Segment[] longer = Arrays.copyOf(all, all.length + 1);
        longer[all.length] = next;
        all = longer;
    }

    /**
     * Takes out the segments that end at or before {@code position}, but never the active one, and returns them.
     */
    synchronized List<Segment> removeBefore(long position) {
        int first = 0;
        while (first < all.length - 1 && all[first].end() <= position) {
            first++;
        }
        List<Segment> removed = List.of(Arrays.copyOf(all, first));
        all = Arrays.copyOfRange(all, first, all.length);
        return removed;
    }

    /** Number of full segments that are not sealed yet. */
    int rolled() {
        return rolled(all);
    }

    static int rolled(Segment[] segments) {
        int count = 0;
        for (int i = segments.length - 2; i >= 0 && !segments[i].sealed(); i--) {
            count++;
        }
        return count;
    }

    /**
     * The segment whose bytes follow {@code position}: the last one whose base is not beyond it; null if it is gone.
     */
    @Nullable
    Segment holder(long position) {
        Segment[] now = all;
        int low = 0;
        int high = now.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (now[middle].base() <= position) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high < 0 ? null : now[high];
    }

    List<SegmentInfo> infos() {
        List<SegmentInfo> infos = new ArrayList<>();
        for (Segment segment : all) {
            infos.add(segment.info());
        }
        return infos;
    }
}
