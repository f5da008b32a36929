package io.cairn.wal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.concurrent.atomic.LongAdder;

/**
 * Chooses and deletes the segments that nobody needs.
 *
 * <p>A sealed segment may go if it lies below the limit that pins and floor set, no older one stays, and either the
 * rest still holds the bytes to keep or its last record is older than the age to keep. The new start is made durable
 * before a file is deleted, so a crash leaves no gap, only leftovers.
 *
 * <p><i>Guarded by Wal.stateLock.</i>
 */
final class Retention {
    private final Directory directory;
    private final Deque<String> toDelete = new ArrayDeque<>();
    private volatile long bytes;
    private volatile long millis;
    private final LongAdder deleted = new LongAdder();

    Retention(Directory directory, long bytes, long millis) {
        this.directory = directory;
        this.bytes = bytes;
        this.millis = millis;
    }

    void change(long nextBytes, long nextMillis) {
        if (nextBytes < 0 || nextMillis < 0) {
            throw new IllegalArgumentException("retention is negative: bytes=" + nextBytes + " millis=" + nextMillis);
        }
        bytes = nextBytes;
        millis = nextMillis;
    }

    long deleted() {
        return deleted.sum();
    }

    /** The position at which the log may start. */
    long choose(Segment[] segments, long end, long limit, long nowMillis) {
        long start = segments[0].base();
        for (int i = 0; i < segments.length - 1; i++) {
            Segment segment = segments[i];
            boolean enoughLeft = bytes > 0 && end - segment.end() >= bytes;
            boolean tooOld = millis > 0 && segment.millis() < nowMillis - millis;
            if (!segment.sealed() || segment.end() > limit || !(enoughLeft || tooOld)) {
                break;
            }
            start = segment.end();
        }
        return start;
    }

    /** Deletes the files of those segments, and what an earlier call could not delete. */
    void delete(Collection<Segment> gone) throws IOException {
        for (Segment segment : gone) {
            segment.retire();
            deleted.increment();
            toDelete.add(SideFormat.sideName(segment.base()));
            toDelete.add(SideFormat.logName(segment.base()));
        }
        boolean any = !toDelete.isEmpty();
        for (String name = toDelete.peek(); name != null; name = toDelete.peek()) {
            directory.delete(name);
            toDelete.remove();
        }
        if (any) {
            directory.sync();
        }
    }
}
